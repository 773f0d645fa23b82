//! Dates as Better Auth writes them.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use crate::sql::Value;

/// A date as a value for a statement: an instant, to the millisecond.
///
/// Each engine stores it as Better Auth does. On PostgreSQL and MySQL it is a timestamp in UTC. On
/// SQLite it is text in UTC with exactly three fractional digits and `Z`; dates are compared as
/// text there, so every writer has to use this one form.
///
/// ```
/// use countersign_store::date;
///
/// let when = "2026-11-21T01:34:44.7719Z".parse()?;
/// assert_eq!(date(when), date("2026-11-21T01:34:44.771Z".parse()?));
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn date(when: Timestamp) -> Value {
    let to_millisecond = TimestampRound::new().smallest(Unit::Millisecond).mode(RoundMode::Floor);
    Value::from(when.round(to_millisecond).unwrap_or(when))
}

/// The text of a date on SQLite.
pub(crate) fn text(when: Timestamp) -> String {
    format!("{when:.3}")
}

/// Reads what [`text`] wrote, and any other RFC 3339 text with an offset.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
