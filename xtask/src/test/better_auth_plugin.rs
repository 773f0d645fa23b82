//! The plugin for Better Auth on Node, on SQLite, and where several processes give numbers at once also on
//! database servers that are started here.

use std::process::Command;

use countersign_testing::{mariadb::MariaDb, postgres::Postgres, root};

use crate::{Outcome, step::run as run_program};

pub(crate) fn run() -> Outcome {
    let (postgres, mariadb) = (Postgres::start()?, MariaDb::start()?);
    let mut command = Command::new("npm");
    command
        .current_dir(root())
        .args(["--loglevel=error", "run", "test", "--workspace", "packages/better-auth"])
        .env("COUNTERSIGN_TEST_POSTGRESQL", postgres.new_database("plugin")?)
        .env("COUNTERSIGN_TEST_MARIADB", mariadb.new_database("plugin")?);
    run_program(&mut command)
}
