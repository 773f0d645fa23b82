//! A MariaDB of its own, in a temporary folder, on a free port.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    Running, StartError, free_port,
    server_user::{ServerUser, output, succeed},
};

/// A server with the user `root`, who has no password, on loopback only.
pub struct MariaDb {
    port: u16,
    folder: TempDir,
    user: ServerUser,
    process: Option<Running>,
}

impl MariaDb {
    /// Makes the server's tables and starts it; needs Debian's package `mariadb-server`.
    pub fn start() -> Result<Self, StartError> {
        let folder = tempfile::Builder::new().prefix("countersign-mariadb").tempdir()?;
        let user = ServerUser::owning(folder.path(), "mysql")?;
        let mut install = user.command(Path::new("mariadb-install-db"));
        install
            .args(["--no-defaults", "--auth-root-authentication-method=normal"])
            .args(["--skip-test-db", "--skip-name-resolve"])
            .arg(format!("--tmpdir={}", folder.path().display()))
            .arg(format!("--datadir={}", folder.path().join("data").display()));
        succeed(&mut install, "MariaDB's own tables (Debian's package `mariadb-server`)")?;
        let mut server = Self { port: free_port()?, folder, user, process: None };
        server.start_again()?;
        Ok(server)
    }

    /// Starts the server after [`stop`](Self::stop), with the data it had.
    pub fn start_again(&mut self) -> Result<(), StartError> {
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        let mut server = self.user.command(Path::new("/usr/sbin/mariadbd"));
        server
            .args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve"])
            .args(["--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"])
            .arg("--character-set-server=utf8mb4")
            .arg(format!("--port={}", self.port))
            .arg(format!("--tmpdir={}", self.folder.path().display()))
            .arg(format!("--datadir={}", at("data")))
            .arg(format!("--socket={}", at("socket")))
            .arg(format!("--pid-file={}", at("pid")));
        self.process = Some(Running::start(&mut server, "ready for connections")?);
        Ok(())
    }

    /// Stops the server, whoever is connected.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Makes an empty database; its URL.
    pub fn new_database(&self, name: &str) -> Result<String, StartError> {
        self.run("mysql", &format!("CREATE DATABASE `{name}`"))?;
        Ok(format!("mysql://root@127.0.0.1:{}/{name}", self.port))
    }

    /// Runs SQL in a database; what it answered, one row a line, columns behind tabs.
    pub fn run(&self, database: &str, sql: &str) -> Result<String, StartError> {
        let mut client = Command::new("mariadb");
        client
            .args(["--no-defaults", "--host=127.0.0.1", "--user=root", "--skip-column-names"])
            .args([&format!("--port={}", self.port), database, "--execute", sql]);
        output(&mut client, "SQL on MariaDB")
    }
}
