//! Content that is signed with the right secret, and still not good.

use countersign_cookies::{CookieError, Strategy};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::seal::{NOW, content, iso, now, read, reader, seal};

fn with(path: &str, value: Value) -> Value {
    let mut content = content();
    let (parent, member) = path.rsplit_once('/').unwrap();
    content.pointer_mut(parent).unwrap()[member] = value;
    content
}

fn without(path: &str) -> Value {
    let mut content = content();
    let (parent, member) = path.rsplit_once('/').unwrap();
    content.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member);
    content
}

#[test]
fn good_content_is_good_in_all_three_forms() {
    let data = read(&content()).unwrap();
    assert_eq!((data.user_id(), data.session_id()), ("alice", "s1"));
    assert!(data.is_of("t1") && !data.is_of("t2"));
}

#[test]
fn t143_members_that_are_missing_or_of_another_type_are_refused() {
    for path in [
        "/session",
        "/user",
        "/updatedAt",
        "/session/id",
        "/session/token",
        "/session/userId",
        "/session/createdAt",
        "/session/expiresAt",
        "/user/id",
    ] {
        let member = path.rsplit('/').next().unwrap();
        let refused = |content: &Value| match read(content).map(|_| ()) {
            Err(CookieError::Member { member: named }) => assert_eq!(named, member, "{content}"),
            other => panic!("{other:?} {content}"),
        };
        refused(&without(path));
        for value in [json!(null), json!(true), json!([]), json!(""), json!("NaN ")] {
            refused(&with(path, value));
        }
    }
    assert!(read(&with("/session/userId", json!(1))).is_err());
    assert!(read(&with("/updatedAt", json!(1.5))).is_err());
    assert!(read(&with("/version", json!(1))).is_err());
    assert!(read(&with("/session/expiresAt", json!("NaN"))).is_err());
}

#[test]
fn t143_session_and_user_belong_together() {
    let error = read(&with("/user/id", json!("bob"))).unwrap_err();
    assert_eq!(error, CookieError::Mismatch);
}

#[test]
fn t137_a_session_that_is_over_ends_its_cache() {
    for (ends_at, verdict) in [(NOW - 1, false), (NOW, false), (NOW + 1, true)] {
        let read = read(&with("/session/expiresAt", json!(iso(ends_at)))).map(|_| ());
        assert_eq!(read, if verdict { Ok(()) } else { Err(CookieError::Expired) });
    }
}

#[test]
fn a_cache_that_would_live_for_years_is_refused() {
    for strategy in [Strategy::Compact, Strategy::Jwt, Strategy::Jwe] {
        let cookie = seal(strategy, &content(), NOW + 86_401);
        let error = reader(strategy).read(&cookie, now()).unwrap_err();
        assert_eq!(error, CookieError::LivesTooLong);
        let patient = reader(strategy).with_max_lifetime(SignedDuration::from_hours(24 * 7));
        assert!(patient.read(&cookie, now()).is_ok());
    }
}

#[test]
fn t143_an_old_version_is_refused_where_one_is_set() {
    for (version, verdict) in [(json!("2"), true), (json!("1"), false), (json!("02"), false)] {
        let cookie = seal(Strategy::Jwt, &with("/version", version), NOW + 300);
        let read = reader(Strategy::Jwt).with_version("2").read(&cookie, now());
        assert_eq!(read.is_ok(), verdict);
    }
    let unversioned = seal(Strategy::Jwt, &without("/version"), NOW + 300);
    assert!(reader(Strategy::Jwt).with_version("1").read(&unversioned, now()).is_ok());
}
