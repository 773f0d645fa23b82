//! A PostgreSQL of its own, in a temporary folder, on a free port.

use std::{fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use crate::{
    Running, StartError, free_port,
    server_user::{ServerUser, output, succeed},
};

/// A database cluster with one user, `postgres`, and no password, on loopback only.
pub struct Postgres {
    port: u16,
    url: String,
    folder: TempDir,
    programs: PathBuf,
    user: ServerUser,
    process: Option<Running>,
}

impl Postgres {
    /// Makes a cluster and starts it; needs Debian's package `postgresql`.
    pub fn start() -> Result<Self, StartError> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("countersign-pg").tempdir()?;
        let user = ServerUser::owning(folder.path(), "postgres")?;
        let mut initdb = user.command(&programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        initdb.arg("--pgdata").arg(folder.path().join("data"));
        succeed(&mut initdb, "a PostgreSQL cluster")?;
        let port = free_port()?;
        let url = url_of(port, "postgres");
        let mut server = Self { port, url, folder, programs, user, process: None };
        server.start_again()?;
        Ok(server)
    }

    /// Starts the server after [`stop`](Self::stop), with the data it had.
    pub fn start_again(&mut self) -> Result<(), StartError> {
        let mut server = self.user.command(&self.programs.join("postgres"));
        server
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .arg("-k")
            .arg(self.folder.path())
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-c", "fsync=off", "-c", "log_min_messages=log"]);
        let ready = "database system is ready to accept connections";
        self.process = Some(Running::start(&mut server, ready)?);
        Ok(())
    }

    /// Stops the server at once, whoever is connected.
    pub fn stop(&mut self) {
        let mut stop = self.user.command(&self.programs.join("pg_ctl"));
        stop.args(["stop", "-m", "immediate", "-D"]).arg(self.folder.path().join("data"));
        // A server that is not there cannot be stopped, and need not be.
        let _ = stop.output();
        self.process = None;
    }

    /// `postgres://…` of the database that is always there.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes an empty database; its URL.
    pub fn new_database(&self, name: &str) -> Result<String, StartError> {
        self.run("postgres", &format!("CREATE DATABASE \"{name}\""))?;
        Ok(url_of(self.port, name))
    }

    /// Runs SQL in a database; what it answered, one row a line, columns behind `|`.
    pub fn run(&self, database: &str, sql: &str) -> Result<String, StartError> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        output(psql.arg(url_of(self.port, database)), "SQL on PostgreSQL")
    }
}

fn url_of(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}")
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
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
