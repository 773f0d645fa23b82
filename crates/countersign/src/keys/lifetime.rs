//! For how long a key set may be used without asking again: `Cache-Control: max-age` less `Age`
//! (RFC 9111 §4.2), but never less than 30 seconds nor more than 10 minutes.
//!
//! Less would let an issuer's header make every request wait; more would keep a withdrawn key alive.
//! `no-store` and `no-cache` count as zero, an answer without `max-age` as 10 minutes. Of several
//! `max-age` the smallest counts.

use http::{
    HeaderMap,
    header::{AGE, CACHE_CONTROL},
};
use jiff::SignedDuration;

const SHORTEST: SignedDuration = SignedDuration::from_secs(30);
pub(super) const LONGEST: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn stated_by(headers: &HeaderMap) -> SignedDuration {
    let lines = headers.get_all(CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
    let stated = lines.flat_map(|line| line.split(',')).filter_map(limit).min();
    let Some(stated) = stated else { return LONGEST };
    let age = headers.get(AGE).and_then(|age| age.to_str().ok()).and_then(seconds).unwrap_or(0);
    SignedDuration::from_secs(stated.saturating_sub(age)).clamp(SHORTEST, LONGEST)
}

/// The seconds that one directive allows, when it is about that.
fn limit(directive: &str) -> Option<i64> {
    let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
    match name.trim().to_ascii_lowercase().as_str() {
        "no-store" | "no-cache" => Some(0),
        // What cannot be read is stale (RFC 9111 §4.2.1).
        "max-age" => Some(seconds(value.trim().trim_matches('"')).unwrap_or(0)),
        _ => None,
    }
}

/// Digits only; more than fit are as good as the most (RFC 9111 §1.2.2).
fn seconds(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn lifetime(cache_control: &[&'static str], age: Option<&'static str>) -> i64 {
        let mut headers = HeaderMap::new();
        for line in cache_control {
            headers.append(CACHE_CONTROL, HeaderValue::from_static(line));
        }
        if let Some(age) = age {
            headers.insert(AGE, HeaderValue::from_static(age));
        }
        stated_by(&headers).as_secs()
    }

    #[test]
    fn the_issuer_says_how_long_within_bounds() {
        assert_eq!(lifetime(&[], None), 600);
        assert_eq!(lifetime(&["public"], None), 600);
        assert_eq!(lifetime(&["public, max-age=120"], None), 120);
        assert_eq!(lifetime(&["public, MAX-AGE = \"120\" "], None), 120);
        assert_eq!(lifetime(&["max-age=0"], None), 30);
        assert_eq!(lifetime(&["max-age=86400"], None), 600);
        assert_eq!(lifetime(&["max-age=99999999999999999999"], None), 600);
        assert_eq!(lifetime(&["max-age=-1"], None), 30);
        assert_eq!(lifetime(&["max-age=soon"], None), 30);
        assert_eq!(lifetime(&["max-age"], None), 30);
        assert_eq!(lifetime(&["no-store"], None), 30);
        assert_eq!(lifetime(&["max-age=300", "max-age=60"], None), 60);
        assert_eq!(lifetime(&["s-maxage=60"], None), 600);
    }

    #[test]
    fn what_a_cache_on_the_way_kept_is_older() {
        assert_eq!(lifetime(&["max-age=300"], Some("100")), 200);
        assert_eq!(lifetime(&["max-age=300"], Some("1000")), 30);
        assert_eq!(lifetime(&["max-age=300"], Some("-5")), 300);
        assert_eq!(lifetime(&["max-age=300"], Some("old")), 300);
    }
}
