//! Cookies that Better Auth 1.7.24 wrote on 21 November 2026, one of each strategy.

use countersign_cookies::{CookieError, SecretError, SessionDataReader, Strategy};
use countersign_jwt::WeakSecret;
use jiff::{SignedDuration, Timestamp};

pub(crate) const SECRET: &str = "wire-capture-secret-0123456789abcdefghijklmnop";

pub(crate) const COMPACT: &str = include_str!("vectors/compact.txt");
pub(crate) const JWT: &str = include_str!("vectors/jwt.txt");
pub(crate) const JWE: &str = include_str!("vectors/jwe.txt");

pub(crate) const ALL: [(Strategy, &str); 3] =
    [(Strategy::Compact, COMPACT), (Strategy::Jwt, JWT), (Strategy::Jwe, JWE)];

fn reader(strategy: Strategy) -> SessionDataReader {
    SessionDataReader::new(strategy, SECRET).unwrap()
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn then() -> Timestamp {
    at("2026-11-21T01:38:50Z")
}

#[test]
fn what_better_auth_wrote_is_read() {
    let expected = [
        ("5jWkf3hWli3fitAljs80zZa5aEC86Cum", "u9h2VAVj0HKfZBWwGCkUYe3QQlIZZvEB", "1"),
        ("B7JZeQyK7BBTa82pOY0KsAS0gh736Wgg", "dBSvX0dHMxeli7DgVQ0PW3w6gKFf3tFr", "1"),
        ("sGJRZnhmD1hlhmoyxZmEs6tNRgTMSE1K", "i11KVnh5MzDLGHQsPQpUCRDl5ByHhwcj", "v7"),
    ];
    for ((strategy, cookie), (user, session, version)) in ALL.into_iter().zip(expected) {
        let data = reader(strategy).read(cookie.trim(), then()).unwrap();
        assert_eq!((data.user_id(), data.session_id()), (user, session), "{strategy:?}");
        assert_eq!(data.user()["email"], "ann@example.com");
        assert_eq!(data.version(), version);
        assert_eq!(format!("{data:?}"), format!("SessionData {{ user_id: \"{user}\", .. }}"));
    }
}

#[test]
fn the_three_end_when_better_auth_says() {
    let ends = ["2026-11-21T01:43:46.095Z", "2026-11-21T01:40:46Z", "2026-11-21T01:43:46Z"];
    for ((strategy, cookie), end) in ALL.into_iter().zip(ends) {
        let read = |now: Timestamp| reader(strategy).read(cookie.trim(), now).map(|_| ());
        let instant = SignedDuration::from_millis(1);
        assert_eq!(read(at(end) - instant), Ok(()), "{strategy:?}");
        assert_eq!(read(at(end)), Err(CookieError::Expired), "{strategy:?}");
        assert_eq!(read(at("2026-11-21T01:38:00Z")), Err(CookieError::NotYetValid));
    }
}

#[test]
fn t127_no_character_can_be_altered_left_out_or_added() {
    for (strategy, cookie) in ALL {
        let (reader, cookie) = (reader(strategy), cookie.trim());
        for place in 0..cookie.len() {
            let (before, after) = cookie.split_at(place);
            let own = &after[..1];
            for other in ["A", "B", "_", ".", "=", "%"].iter().filter(|other| **other != own) {
                let altered = [before, other, &after[1..]].concat();
                assert!(reader.read(&altered, then()).is_err(), "{strategy:?} {place} {other}");
            }
            let shorter = [before, &after[1..]].concat();
            assert!(reader.read(&shorter, then()).is_err(), "{strategy:?} without {place}");
        }
        for longer in [format!("{cookie}A"), format!("A{cookie}"), format!("{cookie}.")] {
            assert!(reader.read(&longer, then()).is_err(), "{longer}");
        }
    }
}

#[test]
fn the_strategy_is_never_taken_from_the_cookie() {
    for (strategy, _) in ALL {
        for (other, cookie) in ALL.into_iter().filter(|(other, _)| *other != strategy) {
            let error = reader(strategy).read(cookie.trim(), then()).unwrap_err();
            let expected = [CookieError::Malformed, CookieError::Header];
            assert!(expected.contains(&error), "{strategy:?} {other:?}");
        }
    }
}

#[test]
fn another_secret_reads_nothing() {
    for (strategy, cookie) in ALL {
        let other = SessionDataReader::new(strategy, &SECRET.to_uppercase()).unwrap();
        let error = other.read(cookie.trim(), then()).unwrap_err();
        let expected = match strategy {
            Strategy::Jwe => CookieError::Header,
            _ => CookieError::Signature,
        };
        assert_eq!(error, expected, "{strategy:?}");
    }
}

#[test]
fn t149_a_replaced_secret_still_decrypts_and_no_longer_signs() {
    for (strategy, cookie) in ALL {
        let rotated = SessionDataReader::new(strategy, &SECRET.to_uppercase()).unwrap();
        let rotated = rotated.with_former_secret(SECRET).unwrap();
        let readable = rotated.read(cookie.trim(), then()).is_ok();
        assert_eq!(readable, strategy == Strategy::Jwe, "{strategy:?}");
    }
}

#[test]
fn short_and_well_known_secrets_are_refused() {
    let refused = |secret: &str| SessionDataReader::new(Strategy::Jwe, secret).err();
    let weak = |weak| Some(SecretError::Weak(weak));
    assert_eq!(refused(&SECRET[..31]), weak(WeakSecret::Short { bytes: 31 }));
    assert_eq!(refused(&SECRET[..32]), None);
    assert_eq!(refused(&"x".repeat(32)), weak(WeakSecret::Repetitive));
    let default = "better-auth-secret-12345678901234567890";
    assert_eq!(refused(default), weak(WeakSecret::Published));
}
