//! A clock that stands still.

use std::sync::{Mutex, PoisonError};

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
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock that shows this time.
    pub fn at(time: Timestamp) -> Self {
        Self(Mutex::new(time))
    }

    /// Moves the time; backwards with a negative span.
    pub fn advance(&self, span: SignedDuration) {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *time += span;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
