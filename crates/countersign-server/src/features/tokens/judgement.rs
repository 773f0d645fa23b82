//! What becomes of a refresh token that is shown: decided from what is stored, and from nothing else.
//!
//! | The token is | and | then |
//! |---|---|---|
//! | over, or its family is | | nothing |
//! | the live one of its family | | it is used |
//! | the one before | the live one was made within the window, and was not given again too often | the live one is given again |
//! | | it was given again too often, or was made in the future | nothing |
//! | | the window is over | it was stolen |
//! | older | | it was stolen |
//!
//! The live one is the one of the family's generation. That the one before is shown means that the live one
//! was not used: its use would have made another one live. The clock only limits what is given again; it
//! makes no token count that was used.

use jiff::{SignedDuration, Timestamp};

use crate::settings::RefreshTokenSettings;

/// What is stored of a token and its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// The token's place in the family.
    pub(super) generation: i64,
    /// When the token ends.
    pub(super) expires_at: Timestamp,
    /// The generation that is live.
    pub(super) live: i64,
    /// When that one was made.
    pub(super) rotated_at: Timestamp,
    /// How often it was given again.
    pub(super) retries: i64,
    /// When the family ends.
    pub(super) family_expires_at: Timestamp,
}

/// What a repeated token may still get.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    window: SignedDuration,
    retries: i64,
}

/// What becomes of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It is used, and the next one is made.
    Use,
    /// The live one is given again.
    GiveAgain,
    /// It gets nothing, and nothing else happens.
    Refuse,
    /// It is over.
    Over,
    /// Somebody used it who is not its holder, or its holder shows it after somebody else used it.
    Stolen,
}

impl Patience {
    pub(super) fn of(settings: &RefreshTokenSettings) -> Self {
        let window = settings.retry_window;
        let retries = if window.is_zero() { 0 } else { i64::from(settings.retries) };
        Self { window, retries }
    }

    /// How often the live token may be given again.
    pub(super) fn retries(self) -> i64 {
        self.retries
    }
}

impl Standing {
    pub(super) fn judged(&self, patience: Patience, now: Timestamp) -> Judgement {
        if now >= self.expires_at || now >= self.family_expires_at {
            return Judgement::Over;
        }
        let since = now.duration_since(self.rotated_at);
        let is_back = since < -patience.window;
        match self.live - self.generation {
            0 => Judgement::Use,
            1 if is_back => Judgement::Refuse,
            1 if since > patience.window => Judgement::Stolen,
            1 if self.retries < patience.retries => Judgement::GiveAgain,
            2.. => Judgement::Stolen,
            // Given again too often; or made before its family counts it, which none is.
            _ => Judgement::Refuse,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn patience(window: i64, retries: i64) -> Patience {
        Patience { window: SignedDuration::from_secs(window), retries }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
    }

    fn standing(generation: i64, live: i64, retries: i64) -> Standing {
        let (expires_at, family_expires_at) = (at(1000), at(2000));
        Standing { generation, expires_at, live, rotated_at: at(0), retries, family_expires_at }
    }

    #[test]
    fn t207_the_one_before_gets_the_live_one_again_within_the_window_and_so_often() {
        let patience = patience(10, 3);
        for (second, retries, judgement) in [
            (0, 0, Judgement::GiveAgain),
            (5, 2, Judgement::GiveAgain),
            (10, 0, Judgement::GiveAgain),
            (5, 3, Judgement::Refuse),
            (11, 0, Judgement::Stolen),
            (11, 3, Judgement::Stolen),
        ] {
            assert_eq!(standing(4, 5, retries).judged(patience, at(second)), judgement, "{second}");
        }
    }

    #[test]
    fn t205_what_is_older_than_the_one_before_was_stolen_at_any_time() {
        let patience = patience(10, 3);
        for second in [-5000, -5, 0, 5, 999] {
            assert_eq!(standing(3, 5, 0).judged(patience, at(second)), Judgement::Stolen);
            assert_eq!(standing(0, 5, 0).judged(patience, at(second)), Judgement::Stolen);
        }
    }

    #[test]
    fn t218_a_clock_that_steps_back_makes_no_used_token_count() {
        let patience = patience(10, 3);
        assert_eq!(standing(4, 5, 0).judged(patience, at(-3600)), Judgement::Refuse);
        // Two servers' clocks are never quite equal.
        assert_eq!(standing(4, 5, 0).judged(patience, at(-2)), Judgement::GiveAgain);
        assert_eq!(standing(5, 5, 0).judged(patience, at(-3600)), Judgement::Use);
    }

    #[test]
    fn t211_what_is_over_gets_nothing_and_does_nothing() {
        let patience = patience(10, 3);
        for generation in [3, 4, 5] {
            assert_eq!(standing(generation, 5, 0).judged(patience, at(1000)), Judgement::Over);
        }
        let family = Standing { expires_at: at(9000), ..standing(5, 5, 0) };
        assert_eq!(family.judged(patience, at(1999)), Judgement::Use);
        assert_eq!(family.judged(patience, at(2000)), Judgement::Over);
    }

    #[test]
    fn without_a_window_nothing_is_given_again() {
        let settings = RefreshTokenSettings {
            lifetime: SignedDuration::from_hours(1),
            absolute_lifetime: SignedDuration::from_hours(1),
            retry_window: SignedDuration::ZERO,
            retries: 10,
            families_per_user: 1,
            password_grant: false,
        };
        let patience = Patience::of(&settings);
        assert_eq!(standing(4, 5, 0).judged(patience, at(0)), Judgement::Refuse);
        assert_eq!(standing(4, 5, 0).judged(patience, at(1)), Judgement::Stolen);
    }
}
