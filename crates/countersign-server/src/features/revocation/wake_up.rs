//! Other servers commit something: whoever waits here looks at once.
//!
//! On PostgreSQL each transaction that adds entries, and each trigger of `watch.rs`, notifies a channel, and
//! every server on which somebody waits listens to it. A wake-up is a hint to look and nothing else: whoever
//! waits looks each `revocation.poll_interval_ms` besides. One that is lost or late costs that long, and one
//! that somebody forged costs a look.

use std::time::Duration;

use countersign_store::{Database, Listener};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

/// The channel of a database in which entries are told of.
pub(super) const CHANNEL: &str = "countersign_revocation";

/// Between two looks that wake-ups ask for. Those that come meanwhile are one.
const BREATH: Duration = Duration::from_millis(20);

/// Between two tries to listen.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens until it is dropped.
pub(super) struct WakeUps(JoinHandle<()>);

impl Drop for WakeUps {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl WakeUps {
    /// Begins to listen, as a task of the runtime that this is called on. `None` where nobody tells.
    pub(super) fn begin(database: &Database, commits: watch::Sender<()>) -> Option<Self> {
        let listener = database.listen(CHANNEL)?;
        Some(Self(tokio::spawn(async move {
            let told = watch::Sender::default();
            let to_pass_on = told.subscribe();
            tokio::join!(listen(listener, told), pass_on(to_pass_on, commits));
        })))
    }
}

/// Takes in what is told as fast as it comes: a database keeps it for who is slow.
async fn listen(mut listener: Listener, told: watch::Sender<()>) {
    let mut is_lost = false;
    loop {
        match listener.heard().await {
            Ok(()) => {
                if is_lost {
                    tracing::info!("other servers' revocations are heard of at once again");
                }
                is_lost = false;
                told.send_replace(());
            }
            Err(error) => {
                if !is_lost {
                    tracing::warn!(%error, "other servers' revocations are seen with the next look only");
                }
                is_lost = true;
                sleep(PAUSE).await;
            }
        }
    }
}

async fn pass_on(mut told: watch::Receiver<()>, commits: watch::Sender<()>) {
    while told.changed().await.is_ok() {
        commits.send_replace(());
        sleep(BREATH).await;
    }
}
