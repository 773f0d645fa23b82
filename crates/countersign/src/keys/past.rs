//! What earlier fetches mean for the next one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::known::CLOCK_JITTER;

pub(super) const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(2);

/// What was signed by a key that is not at hand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// By whoever sends it.
    Token,
    /// By a key that was published before and is no more, or by somebody who says so. Old clients go on with such
    /// tokens; they must not keep anybody from finding the next key.
    WithdrawnToken,
    /// At the address of the issuer's feed, which no stranger answers for.
    Feed,
}

impl Signed {
    /// How long no such fetch follows one that brought no new name.
    fn pause_after_nothing_new(self) -> SignedDuration {
        match self {
            Self::Token | Self::WithdrawnToken => SignedDuration::from_secs(30),
            Self::Feed => SignedDuration::from_secs(2),
        }
    }
}

/// Who holds it may fetch.
#[derive(Default)]
pub(super) struct Past {
    pub(super) failed_at: Option<Timestamp>,
    /// When a fetch for a token brought no new name.
    pub(super) token_in_vain_at: Option<Timestamp>,
    /// The same for a token of a withdrawn key.
    pub(super) withdrawn_in_vain_at: Option<Timestamp>,
    /// The same for the feed: tokens of strangers must not keep it from finding the issuer's new key.
    pub(super) feed_in_vain_at: Option<Timestamp>,
    /// Whether keys were fetched or the snapshot was looked at.
    pub(super) started: bool,
}

impl Past {
    /// How long every fetch has to wait.
    pub(super) fn rest_after_failure(&self, now: Timestamp) -> Option<Duration> {
        rest_of(PAUSE_AFTER_FAILURE, self.failed_at, now)
    }

    /// Whether fetches for the like have to wait.
    pub(super) fn was_in_vain(&self, signed: Signed, now: Timestamp) -> bool {
        let since = match signed {
            Signed::Token => self.token_in_vain_at,
            Signed::WithdrawnToken => self.withdrawn_in_vain_at,
            Signed::Feed => self.feed_in_vain_at,
        };
        rest_of(signed.pause_after_nothing_new(), since, now).is_some()
    }

    pub(super) fn in_vain(&mut self, signed: Signed, now: Timestamp) {
        match signed {
            Signed::Token => self.token_in_vain_at = Some(now),
            Signed::WithdrawnToken => self.withdrawn_in_vain_at = Some(now),
            Signed::Feed => self.feed_in_vain_at = Some(now),
        }
    }
}

/// How much of a pause is left. A request may carry a time from before the fetch it waited for; a clock that
/// was set back by more than that ends the pause.
fn rest_of(pause: SignedDuration, since: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
    let passed = now.duration_since(since?);
    let rest = pause - passed.max(SignedDuration::ZERO);
    (passed > -CLOCK_JITTER && rest.is_positive()).then(|| rest.unsigned_abs())
}
