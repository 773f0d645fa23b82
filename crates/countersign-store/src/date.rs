//! Dates as Better Auth writes them.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit, civil::DateTime, tz::Offset};

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
    usual(text.as_bytes()).or_else(|| text.parse().ok())
}

/// Reads what [`text`] wrote: every signed-in request reads five of these. `None` is no verdict.
fn usual(text: &[u8]) -> Option<Timestamp> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', rest @ ..] = text else { return None };
    let [h1, h2, b':', n1, n2, b':', s1, s2, b'.', f1, f2, f3, b'Z'] = rest else { return None };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0_i16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i16::from(**digit - b'0'))
        })
    };
    let two = |tens, ones| number(&[tens, ones]).and_then(|number| i8::try_from(number).ok());
    let nanosecond = i32::from(number(&[f1, f2, f3])?) * 1_000_000;
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, two(m1, m2)?, two(d1, d2)?);
    // A leap second is for the reader of all other texts.
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    let at = DateTime::new(year, month, day, hour, minute, second, nanosecond).ok()?;
    Offset::UTC.to_timestamp(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_form_is_read_as_every_other() {
        for usual in
            ["2026-11-21T01:34:44.771Z", "1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z"]
        {
            let other = usual.replace('Z', "+00:00");
            assert_eq!(super::usual(usual.as_bytes()), other.parse().ok(), "{usual}");
            assert_eq!(parse(&other), parse(usual));
            assert_eq!(text(parse(usual).expect("a date")), usual);
        }
    }

    #[test]
    fn what_is_no_date_is_none_in_either_form() {
        for none in [
            "2026-02-29T01:34:44.771Z",
            "2026-13-01T01:34:44.771Z",
            "2026-11-21T24:34:44.771Z",
            "2026-11-21T01:34:44.7x1Z",
            "+026-11-21T01:34:44.771Z",
            "2026-11-21 01:34:44.771",
            "",
        ] {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
