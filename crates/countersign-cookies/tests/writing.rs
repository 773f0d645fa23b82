//! What is written is read, and is what Better Auth writes.

use countersign_cookies::{SessionDataReader, SessionDataWriter, Strategy, Unrepeated};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::recorded::{ALL, SECRET};

const FIVE_MINUTES: SignedDuration = SignedDuration::from_mins(5);
const UNREPEATED: Unrepeated = Unrepeated { iv: [7; 16], jti: [0xab; 16] };

fn now() -> Timestamp {
    "2026-11-21T01:38:46.500Z".parse().unwrap()
}

fn session() -> Value {
    json!({
        "expiresAt": "2026-11-28T01:38:46.500Z", "token": "t1", "createdAt": "2026-11-21T01:38:46.500Z",
        "updatedAt": "2026-11-21T01:38:46.500Z", "ipAddress": "", "userAgent": "curl", "userId": "ann",
        "id": "s1",
    })
}

fn user() -> Value {
    json!({ "name": "Ann \u{e9}\"\\/\u{7}", "email": "ann@example.com", "image": null, "id": "ann" })
}

fn write(strategy: Strategy, life: Option<SignedDuration>) -> String {
    let writer = SessionDataWriter::new(strategy, SECRET, "v7").unwrap();
    writer.write(&session(), &user(), now(), life, UNREPEATED).unwrap()
}

fn read(strategy: Strategy, cookie: &str, at: Timestamp) -> Option<Value> {
    let reader = SessionDataReader::new(strategy, SECRET).unwrap().with_version("v7");
    let data = reader.read(cookie, at).ok()?;
    Some(json!({ "session": data.session(), "user": data.user() }))
}

#[test]
fn what_is_written_is_read_until_its_end() {
    for (strategy, _) in ALL {
        let cookie = write(strategy, Some(FIVE_MINUTES));
        let whole = json!({ "session": session(), "user": user() });
        assert_eq!(read(strategy, &cookie, now()), Some(whole), "{strategy:?}");
        assert!(read(strategy, &cookie, now() + SignedDuration::from_secs(299)).is_some());
        assert_eq!(read(strategy, &cookie, now() + FIVE_MINUTES), None, "{strategy:?}");
    }
}

#[test]
fn a_cookie_that_ends_with_the_browser_is_good_for_a_minute_or_five() {
    for ((strategy, _), seconds) in ALL.into_iter().zip([60, 300, 300]) {
        let cookie = write(strategy, None);
        let end = now() + SignedDuration::from_secs(seconds);
        assert!(read(strategy, &cookie, end - SignedDuration::from_secs(1)).is_some());
        assert_eq!(read(strategy, &cookie, end), None, "{strategy:?}");
    }
}

#[test]
fn the_parts_that_do_not_change_are_those_that_better_auth_wrote() {
    let header = |cookie: &str| cookie.split('.').next().unwrap().to_owned();
    for (strategy, recorded) in ALL.into_iter().skip(1) {
        assert_eq!(header(&write(strategy, None)), header(recorded), "{strategy:?}");
    }
    let twice = [0, 1].map(|_| write(Strategy::Jwe, None));
    assert_eq!(twice[0], twice[1]);
    let other = Unrepeated { iv: [8; 16], ..UNREPEATED };
    let writer = SessionDataWriter::new(Strategy::Jwe, SECRET, "v7").unwrap();
    assert_ne!(writer.write(&session(), &user(), now(), None, other).unwrap(), twice[0]);
}
