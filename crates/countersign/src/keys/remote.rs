//! Keys published by the issuer, kept at hand and followed through rotations.
//!
//! | Moment | What happens |
//! |---|---|
//! | no keys known | every request waits for one fetch; it fails: the snapshot, or 503 |
//! | keys in the first half of their lifetime | used, nothing else |
//! | from a moment in the third quarter on | used; one fetch starts in the background |
//! | older | the request waits for one fetch; it fails: the known keys stay |
//! | the last good fetch is longer ago than the stale limit | as if no keys were known |
//! | a token names an unknown key | the request waits for one fetch; it fails: 503 |
//! | a signature is wrong | the same, since the key may be another by the same name; it fails: 401 |
//!
//! That moment is another one after each fetch, by chance: services that fetched together, because they started together
//! or found a new key together, do not come together again.
//!
//! The lifetime is what the issuer says, from 30 seconds to 10 minutes, and 10 minutes when it says
//! nothing. The stale limit is 24 hours unless set.
//!
//! There is at most one fetch at a time; who comes meanwhile and needs its result, waits for it. Forged
//! tokens cannot make this service hammer the issuer: a fetch for an unknown key or a wrong signature that
//! brings no new name is the last such fetch for 30 seconds, and until then tokens are held against the
//! known keys alone. So a rotation in the middle of a storm of forged tokens is found by the first fetch
//! after the 30 seconds, and tokens of a key that was not published before are refused until then. The
//! revocation feed, which no stranger answers for, has a pause of its own, of two seconds: a storm does not
//! keep it from finding the key that replaced a stolen one. Tokens of a key that was published before and is no
//! more have 30 seconds of their own: old clients show such tokens for a while, and the next key is found at once
//! nevertheless. A fetch that does bring a new name is followed by
//! no pause, since only the issuer can rotate keys. After a failure the next fetch waits two seconds.
//!
//! A fetch runs on its own task, so a client that hangs up does not abort it. A key set that is published
//! again byte by byte stays the one it was, and with it the tokens verified by it.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use countersign_jwt::KeySet;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use super::{
    HeldKeys,
    fetch_error::FetchError,
    known::{Age, Known},
    lifetime,
    past::{PAUSE_AFTER_FAILURE, Past, Signed},
    publisher::{Publication, Publisher},
    snapshot::{Restored, Snapshot, on_disk},
    status::KeysStatus,
    tally::Tally,
};
use crate::{calls::CallError, refusal::Refusal};

pub(crate) struct RemoteKeys {
    publisher: Publisher,
    stale_limit: SignedDuration,
    snapshot: Option<Arc<Snapshot>>,
    known: ArcSwapOption<Known>,
    /// Held during a fetch.
    fetching: Arc<Mutex<Past>>,
    tally: Tally,
}

/// Why keys are fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// There are none, or they are old.
    Age,
    /// Something was signed by none of them.
    Unknown(Signed),
}

impl RemoteKeys {
    pub(super) fn new(
        publisher: Publisher,
        stale_limit: SignedDuration,
        snapshot: Option<Snapshot>,
    ) -> Self {
        Self {
            publisher,
            stale_limit,
            snapshot: snapshot.map(Arc::new),
            known: ArcSwapOption::empty(),
            fetching: Arc::default(),
            tally: Tally::default(),
        }
    }

    pub(crate) async fn current(
        self: &Arc<Self>,
        now: Timestamp,
    ) -> Result<Arc<HeldKeys>, Refusal> {
        if let Some((keys, age)) = self.usable(now) {
            if age == Age::Ageing
                && let Ok(past) = Arc::clone(&self.fetching).try_lock_owned()
                // Somebody may have fetched them between that look at them and this.
                && self.usable(now).is_none_or(|(_, age)| age == Age::Ageing)
            {
                tokio::spawn(Arc::clone(self).fetch(past, Occasion::Age, now));
            }
            return Ok(keys);
        }
        let past = Arc::clone(&self.fetching).lock_owned().await;
        if let Some((keys, _)) = self.usable(now) {
            return Ok(keys);
        }
        if let Some(rest) = past.rest_after_failure(now) {
            return Err(Refusal::KeysUnavailable { retry_after: rest });
        }
        self.fetch_on_own_task(past, Occasion::Age, now).await;
        let usable = self.usable(now);
        usable.map(|(keys, _)| keys).ok_or_else(unavailable)
    }

    /// Keys other than `seen`, among which the key of what was signed was not. During the pause these are
    /// the known keys: the issuer has just said that there are no others.
    pub(crate) async fn newer_than(
        self: &Arc<Self>,
        seen: &HeldKeys,
        signed: Signed,
        now: Timestamp,
    ) -> Result<Arc<HeldKeys>, Refusal> {
        let past = Arc::clone(&self.fetching).lock_owned().await;
        let known = self.known.load_full().filter(|known| known.age(now) != Age::Expired);
        if let Some(known) = known
            && (known.keys.generation != seen.generation || past.was_in_vain(signed, now))
        {
            return Ok(Arc::clone(&known.keys));
        }
        if let Some(rest) = past.rest_after_failure(now) {
            return Err(Refusal::KeysUnavailable { retry_after: rest });
        }
        let fetched = self.fetch_on_own_task(past, Occasion::Unknown(signed), now).await;
        fetched.ok_or_else(unavailable)
    }

    /// Forgets all keys, on disk too, and fetches them anew.
    pub(crate) async fn purge(self: &Arc<Self>, now: Timestamp) -> Result<(), Refusal> {
        let mut past = Arc::clone(&self.fetching).lock_owned().await;
        let forgotten = self.known.swap(None).map(|known| known.keys.generation);
        *past = Past { started: true, ..Past::default() };
        if let Some(snapshot) = &self.snapshot {
            on_disk(snapshot, move |snapshot| snapshot.purge(forgotten)).await;
        }
        let fetched = self.fetch_on_own_task(past, Occasion::Age, now).await;
        fetched.map(|_keys| ()).ok_or_else(unavailable)
    }

    pub(crate) fn status(&self, now: Timestamp) -> KeysStatus {
        let known = self.known.load();
        KeysStatus {
            ready: known.as_ref().is_some_and(|known| known.age(now) != Age::Expired),
            keys: known.as_ref().map_or(0, |known| known.keys.set.len()),
            age_seconds: known.as_ref().map(|known| known.seconds_old(now)),
            ..self.tally.read()
        }
    }

    /// Keys that may be used without waiting.
    fn usable(&self, now: Timestamp) -> Option<(Arc<HeldKeys>, Age)> {
        let known = self.known.load();
        let known = known.as_ref()?;
        match known.age(now) {
            age @ (Age::Fresh | Age::Ageing) => Some((Arc::clone(&known.keys), age)),
            Age::Old | Age::Expired => None,
        }
    }

    async fn fetch_on_own_task(
        self: &Arc<Self>,
        past: OwnedMutexGuard<Past>,
        occasion: Occasion,
        now: Timestamp,
    ) -> Option<Arc<HeldKeys>> {
        tokio::spawn(Arc::clone(self).fetch(past, occasion, now)).await.ok().flatten()
    }

    /// One fetch, with the right to do so in hand. `None` when it failed; the log says why.
    async fn fetch(
        self: Arc<Self>,
        mut past: OwnedMutexGuard<Past>,
        occasion: Occasion,
        now: Timestamp,
    ) -> Option<Arc<HeldKeys>> {
        let fetched = self.publisher.fetch().await;
        self.tally.count(fetched.as_ref().err().map(FetchError::code));
        match fetched {
            Ok(publication) => Some(self.remember(&mut past, publication, occasion, now)),
            Err(error) => {
                self.log_failure(&error);
                self.do_without(&mut past, &error, now).await;
                None
            }
        }
    }

    fn remember(
        &self,
        past: &mut Past,
        publication: Publication,
        occasion: Occasion,
        now: Timestamp,
    ) -> Arc<HeldKeys> {
        let Publication { keys: set, json, lifetime } = publication;
        let known = self.known.load_full();
        let is_known = |kid| known.as_ref().is_some_and(|known| known.keys.set.has_kid(kid));
        past.failed_at = None;
        past.started = true;
        if let Occasion::Unknown(signed) = occasion
            && set.kids().all(is_known)
        {
            past.in_vain(signed, now);
        }
        let (keys, json) = match &known {
            Some(known) if *known.json == *json => {
                (Arc::clone(&known.keys), Arc::clone(&known.json))
            }
            known => {
                log_skipped(&set);
                let held = match known {
                    Some(known) => HeldKeys::after(&known.keys, set),
                    None => HeldKeys::new(set),
                };
                (Arc::new(held), json.into())
            }
        };
        if let Some(snapshot) = &self.snapshot {
            let (snapshot, json) = (Arc::clone(snapshot), Arc::clone(&json));
            let generation = keys.generation;
            // Nobody waits for the disk.
            tokio::spawn(async move {
                on_disk(&snapshot, move |snapshot| snapshot.write(&json, generation, now)).await;
            });
        }
        let held = Arc::clone(&keys);
        let known = Known::new(held, json, now, lifetime, self.stale_limit, chance());
        self.known.store(Some(Arc::new(known)));
        keys
    }

    /// After a fetch that failed: the known keys, or those of the snapshot.
    async fn do_without(&self, past: &mut Past, error: &FetchError, now: Timestamp) {
        // The pause begins when the fetch ends.
        let took = match error {
            FetchError::Call(CallError::Timeout) => self.publisher.timeout(),
            _ => Duration::ZERO,
        };
        let now = now.saturating_add(took).unwrap_or(now);
        past.failed_at = Some(now);
        let mut known = self.known.load_full();
        if let Some(snapshot) = &self.snapshot
            && !past.started
        {
            let restored = on_disk(snapshot, move |snapshot| snapshot.read(now)).await.flatten();
            known = restored.map(|restored| Arc::new(self.restored(restored)));
        }
        past.started = true;
        if let Some(known) = known {
            self.known.store(Some(Arc::new(known.after_failure(now, PAUSE_AFTER_FAILURE))));
        }
    }

    fn restored(&self, restored: Restored) -> Known {
        let Restored { keys, json, fetched_at } = restored;
        tracing::warn!(target: "countersign::keys", %fetched_at, "keys of the snapshot are used");
        log_skipped(&keys);
        let keys = Arc::new(HeldKeys::new(keys));
        Known::new(keys, json.into(), fetched_at, lifetime::LONGEST, self.stale_limit, chance())
    }

    fn log_failure(&self, error: &FetchError) {
        let code = error.code();
        let error: &dyn std::error::Error = error;
        let url = self.publisher.url();
        tracing::warn!(
            target: "countersign::keys",
            host = url.host_str(),
            path = url.path(),
            code,
            error,
            "the key set could not be fetched"
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "whatever it is, keys are fetched in time")]
fn chance() -> u16 {
    u16::from_le_bytes(*Uuid::new_v4().as_bytes().first_chunk().unwrap_or(&[0; 2]))
}

fn unavailable() -> Refusal {
    Refusal::KeysUnavailable { retry_after: PAUSE_AFTER_FAILURE.unsigned_abs() }
}

fn log_skipped(keys: &KeySet) {
    for skipped in keys.skipped() {
        let kid = skipped.kid.as_deref();
        let reason = skipped.reason.code();
        tracing::warn!(target: "countersign::keys", kid, reason, "a published key is not used");
    }
}
