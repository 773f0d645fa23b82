//! Database servers refuse to run as root; their package's own user runs them then.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::StartError;

/// Who runs a server.
pub(crate) struct ServerUser {
    /// `None` when we are not root.
    name: Option<&'static str>,
}

impl ServerUser {
    /// The user `name`, owner of the folder from now on, when we are root; otherwise ourselves.
    pub(crate) fn owning(folder: &Path, name: &'static str) -> Result<Self, StartError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { name: None });
        }
        succeed(Command::new("chown").arg(name).arg(folder), "a folder for a database")?;
        Ok(Self { name: Some(name) })
    }

    pub(crate) fn command(&self, program: &Path) -> Command {
        let Some(name) = self.name else { return Command::new(program) };
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={name}"), &format!("--regid={name}")]);
        command.args(["--clear-groups", "--"]).arg(program);
        command
    }
}

pub(crate) fn succeed(command: &mut Command, what: &str) -> Result<(), StartError> {
    output(command, what).map(|_| ())
}

/// What the program wrote, if it succeeded.
pub(crate) fn output(command: &mut Command, what: &str) -> Result<String, StartError> {
    let Output { status, stdout, stderr } = command.output()?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let cause = String::from_utf8_lossy(&stderr).into_owned();
    Err(StartError::Prepare { what: what.to_owned(), cause })
}
