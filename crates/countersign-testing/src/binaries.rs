//! Our binaries. The caller says where they are: in tests of their package Cargo knows
//! (`env!("CARGO_BIN_EXE_…")`), elsewhere [`built`] does.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{Running, SECRET, StartError, file_in, free_port, python, root};

/// A binary that `cargo build` left in the dev profile's folder.
pub fn built(name: &str) -> PathBuf {
    root().join("target/debug").join(name)
}

/// `countersign serve`.
pub struct Countersign {
    url: String,
    process: Running,
    _folder: TempDir,
}

impl Countersign {
    /// Starts it on a free port: the test secret, a SQLite file of its own and no rate limits,
    /// unless `settings` (variables and values) say otherwise.
    pub fn start(binary: &Path, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let folder = tempfile::tempdir()?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let url = format!("http://{listen}");
        let mut command = Command::new(binary);
        command
            .args(["serve", "--listen", &listen])
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("BETTER_AUTH_URL", &url)
            .env("DATABASE_URL", file_in(&folder, "countersign.db"))
            .env("COUNTERSIGN_RATE_LIMIT__ENABLED", "false")
            .env("NO_COLOR", "1")
            .envs(settings.iter().copied());
        let process = Running::start(&mut command, "countersign serves")?;
        Ok(Self { url, process, _folder: folder })
    }

    /// Its origin, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process.
    pub fn process(&mut self) -> &mut Running {
        &mut self.process
    }
}

/// `tasks-api`, or the service of `examples/fastapi-tasks`, which answers the same.
pub struct TasksApi {
    url: String,
    process: Running,
    _folder: TempDir,
}

impl TasksApi {
    /// Starts it on a free port with a SQLite file of its own; `settings` (variables and values)
    /// name the issuer and the keys.
    pub fn start(binary: &Path, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        Self::run(Command::new(binary), settings, "tasks-api serves")
    }

    /// The same with FastAPI, in the Python environment of the tests.
    pub fn start_fastapi(settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let mut command = Command::new(python::interpreter()?);
        command
            .args(["-m", "fastapi_tasks"])
            .env("PYTHONPATH", root().join("examples/fastapi-tasks"))
            .env("PYTHONUNBUFFERED", "1");
        Self::run(command, settings, "fastapi-tasks serves")
    }

    fn run(
        mut command: Command,
        settings: &[(&str, &str)],
        ready: &str,
    ) -> Result<Self, StartError> {
        let folder = tempfile::tempdir()?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        command
            .args(["--listen", &listen])
            .env("DATABASE_URL", file_in(&folder, "tasks.db"))
            .env("NO_COLOR", "1")
            .envs(settings.iter().copied());
        let process = Running::start(&mut command, ready)?;
        Ok(Self { url: format!("http://{listen}"), process, _folder: folder })
    }

    /// Its origin, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process.
    pub fn process(&mut self) -> &mut Running {
        &mut self.process
    }
}
