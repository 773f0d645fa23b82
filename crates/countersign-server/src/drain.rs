//! The server is about to stop: whoever waits for news is answered now.

use tokio::sync::watch;

/// Tells requests that wait for something to happen that the server is about to stop. Clones share it.
#[derive(Clone, Default)]
pub struct Drain(watch::Sender<bool>);

impl Drain {
    /// From now on nothing is waited for.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    pub(crate) fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it has begun.
    pub(crate) async fn begun(&self) {
        // The sender is here: the channel does not close.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }
}
