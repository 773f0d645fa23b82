//! Where time enters: a [`Clock`] is asked once, at the edge, and the answer travels as an argument.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use jiff::Timestamp;

/// Tells the time. Tests bring a clock that stands still or is moved by hand.
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> Timestamp;

    /// How long ago some moment was that stays the same, by a clock that nobody sets: for ages. Unless
    /// it is implemented that moment is 1970 by [`now`](Self::now), as is right for a clock that is
    /// moved by hand.
    fn steady(&self) -> Duration {
        let now = self.now().duration_since(Timestamp::UNIX_EPOCH);
        Duration::try_from(now).unwrap_or_default()
    }
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the time enters the program")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is where the steady time enters, too")]
    fn steady(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}
