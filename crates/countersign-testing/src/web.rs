//! The Next.js application, as it is built.

use std::process::Command;

use crate::{Running, StartError, root};

/// `next start` in `apps/web`.
pub struct Web {
    url: String,
    _process: Running,
}

impl Web {
    /// Starts the built application on this port; `settings` are variables and values.
    pub fn start(port: u16, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let mut command = Command::new("node");
        command
            .current_dir(root().join("apps/web"))
            .arg(root().join("node_modules/next/dist/bin/next"))
            .args(["start", "--hostname", "127.0.0.1", "--port", &port.to_string()])
            .env("NODE_ENV", "production")
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("BETTER_AUTH_TELEMETRY", "0")
            .env("PORT", port.to_string())
            .envs(settings.iter().copied());
        let process = Running::start(&mut command, "Ready in")?;
        Ok(Self { url: format!("http://localhost:{port}"), _process: process })
    }

    /// Its origin as the browser sees it.
    pub fn url(&self) -> &str {
        &self.url
    }
}
