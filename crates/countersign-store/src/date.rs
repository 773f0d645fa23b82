//! Dates as Better Auth writes them.

use jiff::Timestamp;

use crate::sql::Value;

/// A date as a value for a statement.
///
/// On SQLite: text in UTC with exactly three fractional digits and `Z`. Dates are compared as
/// text there, so every writer has to use this one form.
///
/// ```
/// use countersign_store::{date, sql::Value};
///
/// let when = "2026-11-21T01:34:44.7719Z".parse()?;
/// assert_eq!(date(when), Value::String(Some("2026-11-21T01:34:44.771Z".to_owned())));
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn date(when: Timestamp) -> Value {
    Value::String(Some(format!("{when:.3}")))
}

/// Reads what [`date`] wrote, and any other RFC 3339 text with an offset.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
