//! Keys published by the issuer, kept at hand and followed through rotations.
//!
//! | Moment | What happens |
//! |---|---|
//! | no keys known | every request waits for one fetch; it fails: 503 |
//! | keys of up to 5 minutes | used, nothing else |
//! | up to 10 minutes | used; one fetch starts in the background |
//! | older | the request waits for one fetch; it fails: the known keys stay |
//! | a token names an unknown key | the request waits for one fetch; it fails: 503 |
//!
//! There is at most one fetch at a time; who comes meanwhile and needs its result, waits for it. Tokens
//! with invented key names cannot make this service hammer the issuer: a fetch for an unknown key that
//! brings no new name is the last one for 30 seconds. One that does bring a new name is followed by no
//! pause, since only the issuer can rotate keys. After a failure the next fetch waits two seconds.
//!
//! A fetch runs on its own task, so a client that hangs up does not abort it. Keys that were once known
//! are never forgotten because of an error.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{
    HeldKeys,
    endpoint::{Endpoint, FetchError},
};
use crate::refusal::Refusal;

const FRESH: SignedDuration = SignedDuration::from_mins(5);
const MAX_AGE: SignedDuration = SignedDuration::from_mins(10);
const PAUSE_AFTER_NOTHING_NEW: SignedDuration = SignedDuration::from_secs(30);
const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(2);

pub(crate) struct RemoteKeys {
    endpoint: Endpoint,
    known: ArcSwapOption<Known>,
    /// Held during a fetch.
    fetching: Arc<Mutex<LastFetch>>,
}

/// Keys at hand, and until when they may be used without asking again.
struct Known {
    keys: Arc<HeldKeys>,
    fresh_until: Timestamp,
    usable_until: Timestamp,
}

/// Why keys are fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// There are none, or they are old.
    Age,
    /// A token names a key that is not among them.
    UnknownKey,
}

/// What the last fetch means for the next one.
#[derive(Default)]
struct LastFetch {
    failed: bool,
    /// Since when, and how long, to leave the issuer alone.
    pause: Option<(Timestamp, SignedDuration)>,
}

impl RemoteKeys {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, known: ArcSwapOption::empty(), fetching: Arc::default() }
    }

    pub(crate) async fn current(
        self: &Arc<Self>,
        now: Timestamp,
    ) -> Result<Arc<HeldKeys>, Refusal> {
        let Some(known) = self.known.load_full() else {
            return self.fetch_unless_done(None, Occasion::Age, now).await;
        };
        if now <= known.fresh_until {
            return Ok(Arc::clone(&known.keys));
        }
        if now <= known.usable_until {
            if let Ok(last) = Arc::clone(&self.fetching).try_lock_owned() {
                tokio::spawn(Arc::clone(self).fetch(last, Occasion::Age, now));
            }
            return Ok(Arc::clone(&known.keys));
        }
        let newer = self.fetch_unless_done(Some(&known.keys), Occasion::Age, now).await;
        Ok(newer.unwrap_or_else(|_failed| Arc::clone(&known.keys)))
    }

    /// Keys other than `seen`, among which the key of a token was not. During the pause these are the
    /// known keys: the issuer has just said that there are no others.
    pub(crate) async fn newer_than(
        self: &Arc<Self>,
        seen: &Arc<HeldKeys>,
        now: Timestamp,
    ) -> Result<Arc<HeldKeys>, Refusal> {
        self.fetch_unless_done(Some(seen), Occasion::UnknownKey, now).await
    }

    /// Waits for the fetch under way, if any, and fetches only when that was not to the purpose.
    async fn fetch_unless_done(
        self: &Arc<Self>,
        seen: Option<&Arc<HeldKeys>>,
        occasion: Occasion,
        now: Timestamp,
    ) -> Result<Arc<HeldKeys>, Refusal> {
        let last = Arc::clone(&self.fetching).lock_owned().await;
        let known = self.known.load_full();
        if let Some(known) = &known
            && seen.is_none_or(|seen| !Arc::ptr_eq(seen, &known.keys))
        {
            return Ok(Arc::clone(&known.keys));
        }
        if let Some(rest) = last.rest_of_pause(now) {
            return match known {
                Some(known) if !last.failed => Ok(Arc::clone(&known.keys)),
                _ => Err(Refusal::KeysUnavailable { retry_after: rest }),
            };
        }
        let fetched = tokio::spawn(Arc::clone(self).fetch(last, occasion, now)).await;
        fetched
            .ok()
            .flatten()
            .ok_or(Refusal::KeysUnavailable { retry_after: PAUSE_AFTER_FAILURE.unsigned_abs() })
    }

    /// One fetch, with the right to do so in hand. `None` when it failed; the log says why.
    async fn fetch(
        self: Arc<Self>,
        mut last: OwnedMutexGuard<LastFetch>,
        occasion: Occasion,
        now: Timestamp,
    ) -> Option<Arc<HeldKeys>> {
        let known = self.known.load_full();
        let keys = match self.endpoint.fetch().await {
            Ok(keys) => Arc::new(HeldKeys::new(keys)),
            Err(error) => {
                self.log_failure(&error);
                *last = LastFetch { failed: true, pause: Some((now, PAUSE_AFTER_FAILURE)) };
                if let Some(known) = known {
                    self.remember(Arc::clone(&known.keys), now, PAUSE_AFTER_FAILURE);
                }
                return None;
            }
        };
        for skipped in keys.set.skipped() {
            let kid = skipped.kid.as_deref();
            let reason = skipped.reason.code();
            tracing::warn!(target: "countersign::keys", kid, reason, "a published key is not used");
        }
        let is_known = |kid| known.as_ref().is_some_and(|known| known.keys.set.has_kid(kid));
        let in_vain = occasion == Occasion::UnknownKey && keys.set.kids().all(is_known);
        let pause = in_vain.then_some((now, PAUSE_AFTER_NOTHING_NEW));
        *last = LastFetch { failed: false, pause };
        self.remember(Arc::clone(&keys), now, FRESH);
        Some(keys)
    }

    fn remember(&self, keys: Arc<HeldKeys>, now: Timestamp, fresh: SignedDuration) {
        let known = Known { keys, fresh_until: now + fresh, usable_until: now + MAX_AGE };
        self.known.store(Some(Arc::new(known)));
    }

    fn log_failure(&self, error: &FetchError) {
        let error: &dyn std::error::Error = error;
        let url = self.endpoint.url();
        tracing::warn!(
            target: "countersign::keys",
            host = url.host_str(),
            path = url.path(),
            error,
            "the key set could not be fetched"
        );
    }
}

impl LastFetch {
    /// How much of the pause is left. A request may carry a time from just before the fetch it waited
    /// for; a clock that was set back by more than the pause ends it.
    fn rest_of_pause(&self, now: Timestamp) -> Option<Duration> {
        let (since, pause) = self.pause?;
        let passed = now.duration_since(since);
        (passed.abs() < pause).then(|| (pause - passed).unsigned_abs())
    }
}
