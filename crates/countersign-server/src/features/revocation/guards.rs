//! Guards that said who they are, and how far each has followed.
//!
//! What guards say with their questions is written to the table by one of them for all that came meanwhile,
//! in one statement for those at one place that hold the same keys. A guard that says the same again is written now and then only:
//! who was not heard of for `revocation.guard_remembered` is not waited for.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use countersign_jwt::Clock;
use countersign_store::{
    Database, StoreError,
    revocation_guards::{self, GuardRow},
};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{log::Followed, record::Place};
use crate::{Entropy, entropy::random_id};

/// For how long the row of a guard stays that is heard of no more.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The guards that ask this server.
pub(super) struct Guards {
    remembered: SignedDuration,
    known: Mutex<BTreeMap<String, Known>>,
    /// One writes at a time: two that wrote the same rows in another order would wait for each other.
    writing: tokio::sync::Mutex<()>,
    /// What guards said was written.
    written: watch::Sender<()>,
}

struct Known {
    guard: GuardRow,
    /// What the table says; `None` while it may say nothing.
    written: Option<GuardRow>,
}

/// Who asks, and what it holds.
pub(super) struct Heard<'a> {
    pub(super) resource_server: &'a str,
    pub(super) guard: &'a str,
    pub(super) followed: Option<&'a Followed>,
    pub(super) kids: Option<&'a str>,
}

impl Guards {
    pub(super) fn new(remembered: SignedDuration) -> Self {
        Self {
            remembered,
            known: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
            written: watch::Sender::default(),
        }
    }

    /// A registered guard asks. One that is new is in the table before it is answered.
    pub(super) async fn heard(
        &self,
        database: &Database,
        heard: Heard<'_>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(), StoreError> {
        let place = heard.followed.cloned();
        let Followed { epoch, after } =
            place.unwrap_or_else(|| Followed { epoch: String::new(), after: 0 });
        let guard = GuardRow {
            name: format!("{}/{}", heard.resource_server, heard.guard),
            resource_server: heard.resource_server.to_owned(),
            epoch,
            sequence: after,
            kids: heard.kids.map(str::to_owned),
            seen_at: now,
        };
        if self.remember(&guard) {
            return Ok(());
        }
        let mut written = Some(guard.clone());
        if database.execute(&revocation_guards::update(&guard)).await? == 0 {
            match database.execute(&revocation_guards::insert(&random_id(entropy), &guard)).await {
                Ok(_) => {}
                // Another server heard it just now, maybe something else.
                Err(error) if error.is_duplicate() => written = None,
                Err(error) => return Err(error),
            }
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(guard.name.clone(), Known { guard, written });
        Ok(())
    }

    /// Whether the guard was known already.
    fn remember(&self, guard: &GuardRow) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = |known: &&mut Known| {
            guard.seen_at.duration_since(known.guard.seen_at) < self.remembered
        };
        let Some(found) = known.get_mut(&guard.name).filter(is_known) else { return false };
        found.guard.clone_from(guard);
        true
    }

    /// Writes what guards said since the last time.
    pub(super) async fn write(
        &self,
        database: &Database,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let _one_at_a_time = self.writing.lock().await;
        let changed = self.changed();
        if changed.is_empty() {
            return Ok(());
        }
        // Keys, too: another server may have heard something else meanwhile, and written that.
        let mut alike: BTreeMap<(&str, i64, Option<&str>), Vec<&str>> = BTreeMap::new();
        for GuardRow { name, epoch, sequence, kids, .. } in &changed {
            alike.entry((epoch, *sequence, kids.as_deref())).or_default().push(name);
        }
        let mut transaction = database.begin().await?;
        for (said, names) in alike {
            transaction.execute(&revocation_guards::confirm(&names, said, now)).await?;
        }
        transaction.execute(&revocation_guards::forget(now - KEPT)).await?;
        transaction.commit().await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for guard in changed {
            if let Some(known) = known.get_mut(&guard.name) {
                known.written = Some(guard);
            }
        }
        known.retain(|_, known| now.duration_since(known.guard.seen_at) < KEPT);
        drop(known);
        self.written.send_replace(());
        Ok(())
    }

    /// Guards of whom the table does not say what they said, or said that too long ago.
    fn changed(&self) -> Vec<GuardRow> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let silence = self.remembered / 4;
        let change = |known: &Known| {
            let Known { guard, written } = known;
            let is_written = written.as_ref().is_some_and(|written| {
                (&guard.epoch, guard.sequence, &guard.kids)
                    == (&written.epoch, written.sequence, &written.kids)
                    && guard.seen_at.duration_since(written.seen_at) < silence
            });
            (!is_written).then(|| guard.clone())
        };
        known.values().filter_map(change).collect()
    }

    /// To be told when something was written.
    pub(super) fn written(&self) -> watch::Receiver<()> {
        self.written.subscribe()
    }
}

/// Who has taken an entry in, and who has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confirmation {
    /// Registered guards that have.
    pub confirmed: Vec<String>,
    /// Registered guards that have not.
    pub missing: Vec<String>,
}

/// Which registered guards have come to this place. Those that were not heard of for so long do not count.
async fn confirmation(
    database: &Database,
    place: &Place,
    remembered: SignedDuration,
    now: Timestamp,
) -> Result<Confirmation, StoreError> {
    let guards = revocation_guards::list(database, now - remembered).await?;
    let has_it = |guard: &GuardRow| guard.epoch == place.epoch && guard.sequence >= place.sequence;
    let (confirmed, missing): (Vec<_>, Vec<_>) = guards.into_iter().partition(has_it);
    let names = |guards: Vec<GuardRow>| guards.into_iter().map(|guard| guard.name).collect();
    Ok(Confirmation { confirmed: names(confirmed), missing: names(missing) })
}

/// Waits until all registered guards have come to this place, or for so long; which have, and which not.
pub(super) async fn wait_for_all(
    database: &Database,
    place: &Place,
    remembered: SignedDuration,
    wait: Wait<'_>,
) -> Result<Confirmation, StoreError> {
    let Wait { patience, pause, mut written, clock } = wait;
    let look = || confirmation(database, place, remembered, clock.now());
    let all = async {
        while !look().await?.missing.is_empty() {
            tokio::select! {
                _ = written.changed() => {}
                () = sleep(pause) => {}
            }
        }
        Ok(())
    };
    timeout(patience, all).await.unwrap_or(Ok(()))?;
    look().await
}

/// How to wait.
pub(super) struct Wait<'a> {
    /// For how long.
    pub(super) patience: Duration,
    /// Between two looks.
    pub(super) pause: Duration,
    /// Tells when it is worth to look before the pause is over.
    pub(super) written: watch::Receiver<()>,
    pub(super) clock: &'a dyn Clock,
}
