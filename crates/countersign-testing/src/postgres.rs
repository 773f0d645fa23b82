//! A PostgreSQL of its own, in a temporary folder, on a free port.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::{Running, StartError, free_port};

/// A database cluster with one user, `postgres`, and no password, on loopback only.
pub struct Postgres {
    url: String,
    _process: Running,
    _folder: TempDir,
}

impl Postgres {
    /// Makes a cluster and starts it; needs Debian's package `postgresql`.
    pub fn start() -> Result<Self, StartError> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("countersign-pg").tempdir()?;
        let data = folder.path().join("data");
        let user = unprivileged_user(folder.path())?;
        let mut initdb = user.command(&programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--no-sync", "--pgdata"]).arg(&data);
        succeed(&mut initdb, "a PostgreSQL cluster")?;

        let port = free_port()?;
        let mut server = user.command(&programs.join("postgres"));
        server
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "fsync=off", "-c", "log_min_messages=log"]);
        let process =
            Running::start(&mut server, "database system is ready to accept connections")?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(Self { url, _process: process, _folder: folder })
    }

    /// `postgres://…`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn programs() -> Result<PathBuf, StartError> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.sort();
    found.pop().ok_or_else(|| StartError::Prepare {
        what: "PostgreSQL".to_owned(),
        cause: "it is not installed; install Debian's package `postgresql`".to_owned(),
    })
}

/// PostgreSQL refuses to run as root; the package's own user runs it then.
struct User {
    is_root: bool,
}

impl User {
    fn command(&self, program: &Path) -> Command {
        if !self.is_root {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
        command
    }
}

fn unprivileged_user(folder: &Path) -> Result<User, StartError> {
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        succeed(Command::new("chown").arg("postgres").arg(folder), "a folder for PostgreSQL")?;
    }
    Ok(User { is_root })
}

fn succeed(command: &mut Command, what: &str) -> Result<(), StartError> {
    let Output { status, stderr, .. } = command.output()?;
    if status.success() {
        return Ok(());
    }
    let cause = String::from_utf8_lossy(&stderr).into_owned();
    Err(StartError::Prepare { what: what.to_owned(), cause })
}
