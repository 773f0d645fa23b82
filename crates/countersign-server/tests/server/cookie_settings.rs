//! Settings of cookies, limits and Redis: what is taken, and what is refused because it would not be safe.

use countersign_server::settings::{Limit, LimitStorage, SameSite};
use jiff::SignedDuration;
use serde_json::json;

use crate::{fixture::settings, social::provider::IdentityProvider};

const HTTPS: (&str, &str) = ("BETTER_AUTH_URL", "https://auth.example.co.uk:8443");
const SHARED: (&str, &str) = ("COUNTERSIGN_COOKIES__CROSS_SUBDOMAIN", "true");

fn error(changes: &[(&str, &str)]) -> String {
    settings(changes).err().expect("refused").to_string()
}

#[test]
fn t150_cookies_are_shared_below_a_domain_that_somebody_owns() {
    let domain = |domain: &str| {
        let changes = [HTTPS, SHARED, ("COUNTERSIGN_COOKIES__DOMAIN", domain)];
        settings(&changes).map(|settings| settings.cookies.domain.expect("a domain"))
    };
    assert_eq!(domain("").expect("the host"), "auth.example.co.uk");
    assert_eq!(domain(".Example.co.uk").expect("above"), "example.co.uk");
    for bad in ["co.uk", ".co.uk", "uk"] {
        let error = domain(bad).expect_err("a suffix").to_string();
        assert!(error.contains("`cookies.domain` is not safe: it is a public suffix"), "{error}");
    }
    for bad in ["example.co.uk:8443", "evil.com", "ple.co.uk", "x.auth.example.co.uk", "a b", "*"] {
        let error = domain(bad).expect_err("not above").to_string();
        assert!(error.contains("the host of server.base_url or a domain above it"), "{error}");
    }
    for address in ["http://127.0.0.1:3000", "http://[::1]:3000"] {
        assert!(error(&[("BETTER_AUTH_URL", address), SHARED]).contains("`cookies.domain`"));
    }
    let unused = error(&[HTTPS, ("COUNTERSIGN_COOKIES__DOMAIN", "example.co.uk")]);
    assert!(unused.contains("unless cookies.cross_subdomain is true"), "{unused}");
}

#[test]
fn attributes_that_would_not_protect_are_refused() {
    let none = ("COUNTERSIGN_COOKIES__SAME_SITE", "none");
    assert!(error(&[none]).contains("browsers take SameSite=None only with Secure"));
    let cookies = settings(&[HTTPS, none]).expect("settings").cookies;
    assert_eq!((cookies.same_site, cookies.names.secure()), (SameSite::None, true));
    let insecure = ("COUNTERSIGN_COOKIES__SECURE", "false");
    assert!(error(&[HTTPS, insecure]).contains("`cookies.secure` is not safe"));
    let development = ("COUNTERSIGN_SERVER__DEVELOPMENT", "true");
    assert!(!settings(&[HTTPS, insecure, development]).expect("settings").cookies.names.secure());
    let secure = settings(&[("COUNTERSIGN_COOKIES__SECURE", "true")]).expect("settings");
    assert_eq!(secure.cookies.names.session_token, "__Secure-better-auth.session_token");
}

#[tokio::test]
async fn a_sign_in_at_a_provider_comes_back_also_where_cookies_are_strict() {
    let provider = IdentityProvider::start().await;
    for (same_site, of_session, of_state) in
        [("strict", "Strict", "Lax"), ("lax", "Lax", "Lax"), ("none", "None", "None")]
    {
        let secure = ("COUNTERSIGN_COOKIES__SECURE", "true");
        let server =
            provider.server(&[("COUNTERSIGN_COOKIES__SAME_SITE", same_site), secure]).await;
        let wish = json!({ "provider": "plain", "callbackURL": "/in" });
        let begun = server.post("/sign-in/social", &wish).await;
        let ends = |line: &str, with: &str| line.ends_with(&format!("; SameSite={with}"));
        assert!(ends(begun.set_cookies()[0], of_state), "{:?}", begun.set_cookies());
        let signed_up = server.sign_up(&json!({})).await;
        assert!(ends(signed_up.set_cookies()[0], of_session), "{:?}", signed_up.set_cookies());
    }
}

#[test]
fn cookies_may_have_names_of_their_own() {
    let changes = [
        HTTPS,
        ("COUNTERSIGN_COOKIES__PREFIX", "shop"),
        ("COUNTERSIGN_COOKIES__SESSION_TOKEN", "sid"),
    ];
    let names = settings(&changes).expect("settings").cookies.names;
    assert_eq!(names.session_token, "__Secure-sid");
    assert_eq!(names.session_data, "__Secure-shop.session_data");
    for bad in ["a b", "a;b", "a=b", "ä", "better-auth.session_data"] {
        let changes = [("COUNTERSIGN_COOKIES__SESSION_TOKEN", bad)];
        assert!(error(&changes).contains("`cookies.session_token`"), "{bad}");
    }
}

#[test]
fn a_cookie_cache_lives_for_a_day_at_most() {
    let cache = |strategy: &str, max_age: &str| {
        let changes = [
            ("COUNTERSIGN_SESSION__COOKIE_CACHE", strategy),
            ("COUNTERSIGN_SESSION__COOKIE_CACHE_MAX_AGE", max_age),
        ];
        settings(&changes).map(|settings| settings.cookie_cache)
    };
    assert!(cache("off", "0").expect("off").is_none());
    let jwe = cache("jwe", "10m").expect("on").expect("a cache");
    assert_eq!((jwe.max_age, &*jwe.version), (SignedDuration::from_mins(10), "1"));
    for bad in ["0", "25h"] {
        assert!(cache("jwt", bad).expect_err("refused").to_string().contains("not safe"));
    }
    assert!(cache("rot13", "5m").expect_err("refused").to_string().contains("off, compact, jwt"));
    assert!(error(&[("COUNTERSIGN_SESSION__EXPIRES_IN", "401d")]).contains("to 400 days"));
}

#[test]
fn limits_have_rules_for_paths() {
    let rules = |rules: &str| {
        settings(&[
            ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
            ("COUNTERSIGN_RATE_LIMIT__RULES", rules),
        ])
    };
    let limits = rules("/sign-in/* 5/1m, /get-session off").expect("settings").rate_limit;
    let limits = limits.expect("limits");
    let five = Limit { most: 5, window: SignedDuration::from_mins(1) };
    assert_eq!((&*limits.rules[0].path, limits.rules[0].limit), ("/sign-in/*", Some(five)));
    assert_eq!((&*limits.rules[1].path, limits.rules[1].limit), ("/get-session", None));
    assert_eq!(limits.account.expect("ten in a quarter").most, 10);
    for bad in ["/x", "x 1/1m", "/x 0/1m", "/x 1/0", "/x 1", "/x -1/1m", "/x 1/1y"] {
        let error = rules(bad).err().expect("refused").to_string();
        assert!(error.contains("`rate_limit.rules`"), "{bad}: {error}");
    }
    let storage = |name: &str, redis: &str| {
        let changes = [
            ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
            ("COUNTERSIGN_RATE_LIMIT__STORAGE", name),
            ("REDIS_URL", redis),
        ];
        settings(&changes).map(|settings| settings.rate_limit.expect("limits").storage)
    };
    let redis = "redis://127.0.0.1";
    assert_eq!(storage("", "").expect("settings"), LimitStorage::Memory);
    assert_eq!(storage("", redis).expect("settings"), LimitStorage::Redis);
    assert_eq!(storage("memory", redis).expect("settings"), LimitStorage::Memory);
    assert!(storage("redis", "").expect_err("refused").to_string().contains("redis.url to be set"));
    assert!(storage("disk", "").expect_err("refused").to_string().contains("memory, redis or"));
}
