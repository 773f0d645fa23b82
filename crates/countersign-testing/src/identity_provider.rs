//! An identity provider of our own, from `conformance/reference`.

use std::process::Command;

use crate::{Running, StartError, free_port, root};

/// It believes everybody about who they are; a browser gets a page to say so.
pub struct IdentityProvider {
    url: String,
    _process: Running,
}

impl IdentityProvider {
    /// Starts it on a free port; needs `npm ci` to have run.
    pub fn start() -> Result<Self, StartError> {
        let port = free_port()?;
        let mut command = Command::new("node");
        command
            .arg(root().join("conformance/reference/identity-provider.mjs"))
            .env("PORT", port.to_string());
        let process = Running::start(&mut command, "ready")?;
        Ok(Self { url: format!("http://127.0.0.1:{port}"), _process: process })
    }

    /// The metadata of the provider `name`: it has as many as are asked for.
    pub fn discovery_url(&self, name: &str) -> String {
        format!("{}/{name}/.well-known/openid-configuration", self.url)
    }
}
