//! What earlier fetches mean for the next one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::known::CLOCK_JITTER;

pub(super) const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(2);
const PAUSE_AFTER_NOTHING_NEW: SignedDuration = SignedDuration::from_secs(30);

/// Who holds it may fetch.
#[derive(Default)]
pub(super) struct Past {
    pub(super) failed_at: Option<Timestamp>,
    /// When a fetch for a token brought no new name.
    pub(super) in_vain_at: Option<Timestamp>,
    /// Whether keys were fetched or the snapshot was looked at.
    pub(super) started: bool,
}

impl Past {
    /// How long every fetch has to wait.
    pub(super) fn rest_after_failure(&self, now: Timestamp) -> Option<Duration> {
        rest_of(PAUSE_AFTER_FAILURE, self.failed_at, now)
    }

    /// Whether fetches for tokens have to wait.
    pub(super) fn was_in_vain(&self, now: Timestamp) -> bool {
        rest_of(PAUSE_AFTER_NOTHING_NEW, self.in_vain_at, now).is_some()
    }
}

/// How much of a pause is left. A request may carry a time from before the fetch it waited for; a clock that
/// was set back by more than that ends the pause.
fn rest_of(pause: SignedDuration, since: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
    let passed = now.duration_since(since?);
    let rest = pause - passed.max(SignedDuration::ZERO);
    (passed > -CLOCK_JITTER && rest.is_positive()).then(|| rest.unsigned_abs())
}
