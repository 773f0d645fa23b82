//! Feeds that cannot be followed are refused at the start.

use std::time::Duration;

use countersign::{FeedError, Guard, KeySource, RevocationFeed};

use crate::service::{policy, signing_key};

fn feed() -> RevocationFeed {
    RevocationFeed::at("https://auth.test/api/auth/revocations").unwrap()
}

#[test]
fn t071_a_feed_is_asked_over_https_or_on_this_machine() {
    for url in ["https://auth.test/revocations", "http://127.0.0.1:3000/r", "http://localhost/r"] {
        assert!(RevocationFeed::at(url).is_ok(), "{url}");
    }
    for (url, code) in [
        ("http://auth.test/revocations", "insecure_url"),
        ("https://user:password@auth.test/revocations", "insecure_url"),
        ("file:///etc/passwd", "insecure_url"),
        ("/api/auth/revocations", "not_a_url"),
        ("https://auth.test/revocations?after=9", "not_a_feed"),
        ("https://auth.test/revocations#x", "not_a_feed"),
    ] {
        assert_eq!(RevocationFeed::at(url).err().unwrap().code(), code, "{url}");
    }
}

#[test]
fn staleness_is_between_a_second_and_a_day() {
    for (milliseconds, good) in
        [(999, false), (1000, true), (86_400_000, true), (86_400_001, false)]
    {
        let set = feed().with_max_staleness(Duration::from_millis(milliseconds));
        assert_eq!(set.is_ok(), good, "{milliseconds}");
    }
}

#[test]
fn a_registration_has_a_name_and_a_credential_that_can_be_sent() {
    let code = |guard: &str, name: &str, secret: &str| {
        feed().registered(guard, name, secret).err().map(|error| error.code())
    };
    assert_eq!(code("tasks-api_1.eu", "tasks", "a secret: with anything"), None);
    for guard in ["", "a b", "ä", "a/b", &"x".repeat(65)] {
        assert_eq!(code(guard, "tasks", "secret"), Some("guard_name"), "{guard}");
    }
    for (name, secret) in [("", "s"), ("a:b", "s"), ("a", ""), ("a\n", "s"), ("a", "s\r\nx: y")] {
        assert_eq!(code("g", name, secret), Some("credential"), "{name}");
    }
    let error = feed().registered("g", "a:b", "not-to-be-shown").err().unwrap();
    assert!(matches!(error, FeedError::Credential) && !error.to_string().contains("shown"));
}

/// Nothing is asked before it is needed, and no runtime either.
#[test]
fn a_guard_is_made_without_asking() {
    let keys = KeySource::keys(signing_key("k1").key_set().unwrap());
    let guard = Guard::builder(policy(), keys).revocation_feed(feed()).build().unwrap();
    let status = guard.status().remove(0).revocations.unwrap();
    assert_eq!((status.ready, status.answers, status.failures), (false, 0, 0));
}
