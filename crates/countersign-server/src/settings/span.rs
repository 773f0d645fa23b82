//! Spans of time as people write them.

use jiff::SignedDuration;

/// `900`, `90s`, `15m`, `12h`, `7d`; nothing negative. A bare number is seconds.
pub fn parse(text: &str) -> Option<SignedDuration> {
    let digits = text.len() - text.chars().rev().take_while(char::is_ascii_alphabetic).count();
    let (number, unit) = text.split_at(digits);
    let seconds_each = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(number) * seconds_each))
}
