//! Where spent tokens are shared, and by whom.

use std::time::Duration;

use countersign::SharedSpentTokens;

use super::at;

#[test]
fn where_it_is_shared_and_by_whom_is_looked_at() {
    let (name, secret) = ("tasks", "the-secret");
    for url in [
        "https://auth.test/api/auth/spent-tokens",
        "http://127.0.0.1:4000/api/auth/spent-tokens",
        "http://localhost/api/auth/spent-tokens",
    ] {
        assert!(SharedSpentTokens::at(url, name, secret).is_ok(), "{url}");
    }
    for (url, code) in [
        ("auth.test/spent-tokens", "not_a_url"),
        ("http://auth.test/spent-tokens", "insecure_url"),
        ("https://ann@auth.test/spent-tokens", "insecure_url"),
        ("ftp://auth.test/spent-tokens", "insecure_url"),
        ("https://auth.test/spent-tokens?x=1", "not_an_endpoint"),
        ("https://auth.test/spent-tokens#x", "not_an_endpoint"),
    ] {
        assert_eq!(SharedSpentTokens::at(url, name, secret).err().unwrap().code(), code, "{url}");
    }
    let url = "https://auth.test/api/auth/spent-tokens";
    for (name, secret) in [("", "s"), ("a:b", "s"), ("a", ""), ("a\n", "s"), ("a", "s\r")] {
        let error = SharedSpentTokens::at(url, name, secret).err().unwrap();
        assert_eq!(error.code(), "credential", "{name:?} {secret:?}");
    }
    for (milliseconds, good) in [(99, false), (100, true), (30_000, true), (30_001, false)] {
        let patience = Duration::from_millis(milliseconds);
        assert_eq!(at(url).with_patience(patience).is_ok(), good, "{milliseconds}");
    }
}
