//! The same scenarios on the real Better Auth and on ours; differences fail. The servers are
//! started there; where their databases are on a server, that is started here.

use std::process::Command;

use countersign_testing::{binaries::built, mariadb::MariaDb, postgres::Postgres, root};

use crate::{Outcome, step::run as run_program};

pub(crate) fn on_sqlite() -> Outcome {
    run(None)
}

pub(crate) fn on_postgresql() -> Outcome {
    let server = Postgres::start()?;
    run(Some(server.url()))
}

pub(crate) fn on_mariadb() -> Outcome {
    let server = MariaDb::start()?;
    run(Some(&server.new_database("conformance")?))
}

fn run(database_server: Option<&str>) -> Outcome {
    let mut command = Command::new("npm");
    command
        .current_dir(root())
        .args(["--loglevel=error", "run", "test", "--workspace", "conformance"])
        .env("COUNTERSIGN_BIN", built("countersign"));
    if let Some(url) = database_server {
        // Tokens and what is seen of a difference have nothing to do with the database; other
        // arrangements than the first are compared on SQLite.
        command
            .args(["--", "src/conformance.test.ts", "--testNamePattern", "as it comes"])
            .env("DATABASE_SERVER", url);
    }
    run_program(&mut command)
}
