//! Where time enters: a [`Clock`] is asked once, at the edge, and the answer travels as an argument.

use jiff::Timestamp;

/// Tells the time. Tests bring a clock that stands still or is moved by hand.
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the time enters the program")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
