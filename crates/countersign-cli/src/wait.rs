//! `--wait`: a command ends when every registered guard has taken in what it ended.

use std::time::Duration;

use countersign_server::Confirmation;

use crate::{Outcome, say::say};

/// Whether and for how long to wait for guards.
#[derive(clap::Args)]
pub(crate) struct WaitFlags {
    /// Waits until every registered guard has taken it in; an error names those that have not. Where none is
    /// registered, says so.
    #[arg(long)]
    wait: bool,
    /// For how many seconds to wait.
    #[arg(long, default_value_t = 10, requires = "wait")]
    timeout: u64,
}

impl WaitFlags {
    /// For how long to wait; `None` for not at all.
    pub(crate) fn patience(&self) -> Option<Duration> {
        self.wait.then(|| Duration::from_secs(self.timeout))
    }

    /// Says how far guards are; an error where one is not.
    pub(crate) fn report(Confirmation { confirmed, missing, .. }: &Confirmation) -> Outcome {
        if confirmed.is_empty() && missing.is_empty() {
            say!(
                "no guard is registered: nobody was waited for. A guard is registered while it asks for news with a \
                 credential of resource_servers.credentials"
            );
            return Ok(());
        }
        if missing.is_empty() {
            say!("every registered guard refuses its tokens: {}", confirmed.len());
            return Ok(());
        }
        let (count, names) = (confirmed.len(), missing.join(", "));
        Err(format!(
            "{count} guards have taken it in; not yet: {names}. They refuse everything once what they know is \
             older than their max_staleness"
        )
        .into())
    }
}
