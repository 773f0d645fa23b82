//! A clock that stands still.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use countersign_jwt::Clock;
use jiff::{SignedDuration, Timestamp};

/// Shows one time until it is moved.
///
/// ```
/// use countersign_jwt::Clock;
/// use countersign_testing::FixedClock;
/// use jiff::SignedDuration;
///
/// let clock = FixedClock::at("2027-01-15T08:00:00Z".parse()?);
/// clock.advance(SignedDuration::from_mins(15));
/// assert_eq!(clock.now().to_string(), "2027-01-15T08:15:00Z");
/// # Ok::<(), jiff::Error>(())
/// ```
pub struct FixedClock(Mutex<Shown>);

#[derive(Clone, Copy)]
struct Shown {
    time: Timestamp,
    /// By how much it was set, without that time passed.
    set: SignedDuration,
}

impl FixedClock {
    /// A clock that shows this time.
    pub fn at(time: Timestamp) -> Self {
        Self(Mutex::new(Shown { time, set: SignedDuration::ZERO }))
    }

    /// Moves the time, as if so much had passed; backwards with a negative span.
    pub fn advance(&self, span: SignedDuration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).time += span;
    }

    /// Sets the clock ahead, or back with a negative span: no time has passed by it.
    pub fn set(&self, span: SignedDuration) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.time += span;
        shown.set += span;
    }

    fn shown(&self) -> Shown {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.shown().time
    }

    fn steady(&self) -> Duration {
        let Shown { time, set } = self.shown();
        Duration::try_from((time - set).duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default()
    }
}
