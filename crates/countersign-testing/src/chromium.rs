//! A headless Chromium.

use std::process::Command;

use tempfile::TempDir;

use crate::{Running, StartError};

/// Flags without which Chromium keeps looking for hosts on the internet.
const QUIET: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
];

/// A browser that is driven from outside.
pub struct Chromium {
    process: Running,
    _profile: TempDir,
}

impl Chromium {
    /// Starts Debian's Chromium with an empty profile.
    pub fn start() -> Result<Self, StartError> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new("chromium");
        command
            .args(QUIET)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank");
        let process = Running::start(&mut command, "DevTools listening on ")?;
        Ok(Self { process, _profile: profile })
    }

    /// The `ws://` address for the Chrome `DevTools` protocol.
    pub fn devtools(&self) -> &str {
        let line = self.process.ready_line();
        line.split_once("DevTools listening on ").map_or("", |(_, address)| address.trim())
    }
}
