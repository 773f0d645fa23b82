//! The time by which something is over for certain: what is forgotten is gone for every server, and a clock may be
//! wrong for a moment.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use countersign_jwt::Clock;
use jiff::{SignedDuration, Timestamp};

/// How far ahead a clock may be when the server begins.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);

/// A clock that is never ahead of what it said before and the time that has passed since.
///
/// What passed is counted by a clock that nobody sets. So one that jumps ahead and comes back has not gone on; one
/// that is set back is believed at once. On Linux it counts the time that a machine slept; where it does not, it is
/// behind afterwards, and more is remembered than has to be.
#[derive(Default)]
pub(crate) struct Settled(Mutex<Option<(Timestamp, Duration)>>);

impl Settled {
    /// Whatever was over by then, by any clock that is a day ahead or less, is over.
    pub(crate) fn over_before(&self, clock: &dyn Clock) -> Timestamp {
        let (now, steady) = (clock.now(), clock.steady());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (said, at) = *known.get_or_insert((now, steady));
        let passed = SignedDuration::try_from(steady.saturating_sub(at)).unwrap_or_default();
        let settled = now.min(said + passed);
        if settled == now {
            *known = Some((now, steady));
        }
        settled - MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct At(i64, u64);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0).expect("a time")
        }

        fn steady(&self) -> Duration {
            Duration::from_secs(self.1)
        }
    }

    #[test]
    fn t239_a_clock_that_jumps_is_believed_when_the_time_has_passed() {
        const DAY: i64 = 86_400;
        let settled = Settled::default();
        for (now, steady, over) in [
            (10 * DAY, 0, 9 * DAY),
            (10 * DAY + 60, 60, 9 * DAY + 60),
            // Ahead, by an hour and by a year, and back.
            (10 * DAY + 3660, 61, 9 * DAY + 61),
            (375 * DAY, 62, 9 * DAY + 62),
            (10 * DAY + 63, 63, 9 * DAY + 63),
            // Set back, and right again.
            (9 * DAY, 64, 8 * DAY),
            (10 * DAY, 65, 8 * DAY + 1),
            (10 * DAY, 65 + 86_400, 9 * DAY),
        ] {
            let clock = At(now, steady);
            assert_eq!(settled.over_before(&clock).as_second(), over, "{now} {steady}");
        }
    }
}
