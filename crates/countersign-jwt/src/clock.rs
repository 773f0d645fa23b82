//! Where time enters: a [`Clock`] is asked once, at the edge, and the answer travels as an argument.

use std::time::Duration;

use jiff::Timestamp;

/// Tells the time. Tests bring a clock that stands still or is moved by hand.
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> Timestamp;

    /// How long ago some moment was that stays the same, by a clock that nobody sets and that goes on while
    /// the machine sleeps: for ages. Unless it is implemented that moment is 1970 by [`now`](Self::now), as is
    /// right for a clock that is moved by hand.
    fn steady(&self) -> Duration {
        let now = self.now().duration_since(Timestamp::UNIX_EPOCH);
        Duration::try_from(now).unwrap_or_default()
    }
}

/// The clock of the operating system.
///
/// Its steady time is that since the machine started (`CLOCK_BOOTTIME`) on Linux, also while it was suspended.
/// Elsewhere it is [`Instant`](std::time::Instant), which on macOS stands still in that time: what is known
/// then looks younger than it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the time enters the program")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[cfg(target_os = "linux")]
    fn steady(&self) -> Duration {
        let since_start = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Duration::try_from(since_start).unwrap_or_default()
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::disallowed_methods, reason = "this is where the steady time enters, too")]
    fn steady(&self) -> Duration {
        use std::{sync::LazyLock, time::Instant};

        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::time::{ClockId, clock_gettime};

    use super::*;

    /// No test can suspend the machine, so this asks which clock it is.
    #[test]
    fn t227_the_steady_clock_is_the_one_that_goes_on_while_the_machine_sleeps() {
        let since_start = || Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap();
        let before = since_start();
        let steady = SystemClock.steady();
        assert!((before..=since_start()).contains(&steady), "{steady:?}");
    }
}
