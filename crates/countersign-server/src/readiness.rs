//! What operators have to know of a server that works: `/readyz` says it, and the log when it begins and ends.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use countersign_store::StoreError;
use tokio::task::JoinHandle;

use crate::Auth;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// A line of `/readyz`.
pub(crate) struct Note {
    /// What anybody may read who reaches the probe.
    pub(crate) text: String,
    /// The same for the log, where somebody has to do something about it.
    pub(crate) alarm: Option<String>,
}

/// Everything there is to say now.
pub(crate) async fn notes(auth: &Auth) -> Result<Vec<Note>, StoreError> {
    let mut notes = Vec::new();
    for feature in auth.features() {
        notes.extend(feature.notes(auth).await?);
    }
    Ok(notes)
}

/// What the log was told.
pub(crate) struct Alarms {
    auth: Auth,
    told: Mutex<BTreeSet<String>>,
}

impl Alarms {
    pub(crate) fn new(auth: Auth) -> Self {
        Self { auth, told: Mutex::default() }
    }

    /// Tells the log what is new, and what is over.
    pub(crate) async fn look(&self) {
        let found = match notes(&self.auth).await {
            Ok(notes) => notes.into_iter().filter_map(|note| note.alarm).collect(),
            // Whoever needs the database says that it is away.
            Err(error) if error.is_unavailable() => return,
            Err(error) => {
                BTreeSet::from([format!("what is to be known of it cannot be read: {error}")])
            }
        };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for alarm in found.difference(&told) {
            tracing::error!(alarm, "this server needs an operator");
        }
        for over in told.difference(&found) {
            tracing::info!(over, "this server needed an operator, and does not any more");
        }
        *told = found;
    }

    /// Looks every few seconds, as a task of the runtime that this is called on.
    pub(crate) fn watch(self) -> Watching {
        let auth = self.auth.clone();
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                self.look().await;
            }
        });
        Watching { auth, task }
    }
}

/// A server is looked after until this ends.
#[must_use = "dropping it ends it"]
pub struct Watching {
    auth: Auth,
    task: JoinHandle<()>,
}

impl Watching {
    /// The server has answered its last request: others are told that it is gone.
    pub async fn stopped(self) {
        self.task.abort();
        for feature in self.auth.features() {
            if let Err(error) = feature.stopped(&self.auth).await {
                tracing::debug!(%error, feature = feature.id(), "others believe for a minute that this server runs");
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.task.abort();
    }
}
