//! When a cookie is over, and what it is held against.

use super::*;

#[tokio::test]
async fn t137_a_cookie_ends_with_its_cache_and_with_its_session() {
    let service = Service::caching();
    let (whole, ending) = (data_of("alice"), {
        let mut content = content("alice");
        content["session"]["expiresAt"] = instant(NOW + 100).to_string().into();
        format!("{DATA}={}", session_data(&content))
    });
    service.clock.advance(99);
    assert_eq!(service.who(&ending).await.as_deref(), Ok("alice"));
    service.clock.advance(1);
    assert_eq!(service.who(&ending).await, Err("cookie_expired"));
    service.clock.advance(199);
    assert_eq!(service.who(&whole).await.as_deref(), Ok("alice"));
    service.clock.advance(1);
    let (status, body) = service.get("/me", &whole).await;
    assert_eq!((status, &*code(&body)), (401, "cookie_expired"));

    let service = Service::looking_up(&Table::with_sessions_of(&["alice"]));
    service.clock.advance(3599);
    assert_eq!(service.who(&token_of("alice")).await.as_deref(), Ok("alice"));
    service.clock.advance(1);
    assert_eq!(service.who(&token_of("alice")).await, Err("cookie_expired"));
}

#[tokio::test]
async fn t143_the_cookies_of_two_sessions_are_not_mixed() {
    let mixed = format!("{}; {}", token_of("alice"), data_of("bob"));
    assert_eq!(Service::caching().who(&mixed).await, Err("cookie_mismatch"));
    let unsigned = format!("{TOKEN}=t-alice; {}", data_of("alice"));
    assert_eq!(Service::caching().who(&unsigned).await, Err("cookie_signature"));
    let own = format!("{}; {}", token_of("alice"), data_of("alice"));
    assert_eq!(Service::caching().who(&own).await.as_deref(), Ok("alice"));

    let table = Table::with_sessions_of(&["alice", "bob"]);
    let service = Service::doing_both(&table);
    assert_eq!(service.who(&own).await.as_deref(), Ok("alice"));
    assert_eq!(table.look_ups.load(Ordering::SeqCst), 0);
    assert_eq!(service.who(&mixed).await.as_deref(), Ok("alice"), "the cache is dropped");
    assert_eq!(table.look_ups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_look_up_that_fails_signs_nobody_out() {
    let table = Table::default();
    let service = Service::looking_up(&table);
    let (status, body) = service.get("/me", &token_of("alice")).await;
    assert_eq!((status, &*code(&body)), (503, "sessions_unavailable"));
    *table.rows.lock().unwrap() = Some(Vec::new());
    assert_eq!(service.who(&token_of("alice")).await, Err("cookie_session_unknown"));
}

#[tokio::test]
async fn a_session_without_a_user_is_a_mistake_of_the_look_up() {
    let table = Table::with_sessions_of(&["alice"]);
    let service = Service::looking_up(&table);
    if let Some(rows) = table.rows.lock().unwrap().as_mut() {
        rows[0].1.user_id = String::new();
    }
    assert_eq!(service.who(&token_of("alice")).await, Err("sessions_unavailable"));
}

#[tokio::test]
async fn t141_a_revoked_session_ends_its_cookies_at_once() {
    let both = |user: &str| format!("{}; {}", token_of(user), data_of(user));
    for line in [data_of("alice"), token_of("alice"), both("alice")] {
        let service = Service::doing_both(&Table::with_sessions_of(&["alice"]));
        assert_eq!(service.who(&line).await.as_deref(), Ok("alice"));
        service.revocations.revoke_session("https://other.test", "s-alice", instant(NOW));
        service.revocations.revoke_user(ISSUER, "alice", instant(NOW - 61), instant(NOW));
        assert_eq!(service.who(&line).await.as_deref(), Ok("alice"));
        service.revocations.revoke_user(ISSUER, "alice", instant(NOW - 60), instant(NOW));
        assert_eq!(service.who(&line).await, Err("revoked_user"));
        service.revocations.revoke_session(ISSUER, "s-alice", instant(NOW));
        assert_eq!(service.who(&line).await, Err("revoked_session"));
    }
}

#[tokio::test]
async fn t316_no_cookie_is_ever_in_the_answer_or_the_log() {
    let service = Service::doing_both(&Table::with_sessions_of(&["alice"]));
    for cookie in [format!("{}x", data_of("alice")), format!("{}x", token_of("alice"))] {
        let (status, body) = service.get("/me", &cookie).await;
        assert_eq!((status, &*code(&body)), (401, "invalid_cookie"));
        assert!(body.contains(r#""detail":"Invalid session cookie""#), "{body}");
        let value = cookie.split_once('=').unwrap().1;
        let log = service.causes.1.lock().unwrap().concat();
        assert!(log.contains("invalid_cookie") && !log.contains(&value[..16]), "{log}");
    }
}
