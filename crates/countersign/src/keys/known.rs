//! Keys at hand, and what their age means.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::HeldKeys;

/// After a failure the next attempt is made behind the scenes for so long; whoever comes later waits for it.
const RETRIED_BEHIND: SignedDuration = SignedDuration::from_mins(1);

/// A look at the clock may come from before a fetch, which may take 30 seconds; if it comes from further back,
/// the clock was set back.
pub(super) const CLOCK_JITTER: SignedDuration = SignedDuration::from_mins(1);

/// Keys, and until when they may be used in which way.
pub(super) struct Known {
    pub(super) keys: Arc<HeldKeys>,
    /// The text they were read from.
    pub(super) json: Arc<str>,
    pub(super) fetched_at: Timestamp,
    /// The last attempt to fetch them anew.
    tried_at: Timestamp,
    fresh_until: Timestamp,
    usable_until: Timestamp,
    stale_until: Timestamp,
}

/// What may be done with keys at a moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Use them.
    Fresh,
    /// Use them and fetch them anew behind the scenes.
    Ageing,
    /// Fetch them anew first; use them if that fails.
    Old,
    /// Use them no more.
    Expired,
}

impl Known {
    /// Keys just fetched, or read from a snapshot of then. They are fetched anew after half to three quarters of their
    /// lifetime, as chance has it.
    pub(super) fn new(
        keys: Arc<HeldKeys>,
        json: Arc<str>,
        fetched_at: Timestamp,
        lifetime: SignedDuration,
        stale_limit: SignedDuration,
        chance: u16,
    ) -> Self {
        let after = |span| fetched_at.saturating_add(span).unwrap_or(Timestamp::MAX);
        Self {
            keys,
            json,
            fetched_at,
            tried_at: fetched_at,
            fresh_until: after(
                lifetime / 2 + lifetime / 4 * i32::from(chance) / i32::from(u16::MAX),
            ),
            usable_until: after(lifetime),
            stale_until: after(stale_limit.max(lifetime)),
        }
    }

    /// The same keys after an attempt that failed.
    pub(super) fn after_failure(&self, now: Timestamp, pause: SignedDuration) -> Self {
        let after = |span| now.saturating_add(span).unwrap_or(Timestamp::MAX);
        Self {
            keys: Arc::clone(&self.keys),
            json: Arc::clone(&self.json),
            fetched_at: self.fetched_at.min(now),
            tried_at: now,
            fresh_until: after(pause),
            usable_until: self.usable_until.max(after(RETRIED_BEHIND)),
            stale_until: self.stale_until,
        }
    }

    pub(super) fn age(&self, now: Timestamp) -> Age {
        if now > self.stale_until {
            Age::Expired
        } else if now > self.usable_until || now.duration_since(self.tried_at) < -CLOCK_JITTER {
            Age::Old
        } else if now > self.fresh_until {
            Age::Ageing
        } else {
            Age::Fresh
        }
    }

    pub(super) fn seconds_old(&self, now: Timestamp) -> u64 {
        u64::try_from(now.duration_since(self.fetched_at).as_secs()).unwrap_or(0)
    }
}
