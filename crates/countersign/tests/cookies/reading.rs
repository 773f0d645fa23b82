//! Tricks with names, signatures, copies and chunks.

use super::*;

#[tokio::test]
async fn t127_a_signed_cookie_with_any_other_character_is_refused() {
    let table = Table::with_sessions_of(&["alice"]);
    let service = Service::looking_up(&table);
    assert_eq!(service.who(&token_of("alice")).await.as_deref(), Ok("alice"));
    let before = table.look_ups.load(Ordering::SeqCst);
    let cookie = token_of("alice").replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    assert_eq!(
        service.who(&cookie).await.as_deref(),
        Ok("alice"),
        "without escapes it is the same"
    );
    for place in TOKEN.len() + 1..cookie.len() {
        let other = if cookie.as_bytes()[place] == b'A' { "B" } else { "A" };
        let altered = [&cookie[..place], other, &cookie[place + 1..]].concat();
        assert_eq!(service.who(&altered).await, Err("cookie_signature"), "{altered}");
    }
    for value in ["", ".", "t-alice", "t-alice.", "t-alice.AAAA", "=", "%", "%E0%A4%A", "%00"] {
        let cookie = format!("{TOKEN}={value}");
        assert_eq!(service.who(&cookie).await, Err("cookie_signature"), "{value}");
    }
    assert_eq!(table.look_ups.load(Ordering::SeqCst), before + 1, "nothing bad is looked up");
}

#[tokio::test]
async fn t129_a_token_is_what_stands_before_the_last_dot() {
    let table = Table::with_sessions_of(&["alice", "a.b"]);
    let service = Service::looking_up(&table);
    assert_eq!(service.who(&token_of("a.b")).await.as_deref(), Ok("a.b"));
    assert_eq!(service.who(&format!("{TOKEN}={}", signed(""))).await, Err("cookie_malformed"));
}

#[tokio::test]
async fn t130_two_cookies_of_one_name_are_refused_in_any_order() {
    let service = Service::doing_both(&Table::with_sessions_of(&["alice", "mallory"]));
    for (one, two) in [("alice", "mallory"), ("mallory", "alice"), ("alice", "alice")] {
        let tokens = format!("{}; {}", token_of(one), token_of(two));
        assert_eq!(service.who(&tokens).await, Err("cookie_duplicate"));
        let data = format!("{}; {}", data_of(one), data_of(two));
        assert_eq!(service.who(&data).await, Err("cookie_duplicate"));
    }
}

#[tokio::test]
async fn t131_a_name_behind_strange_white_space_is_another_cookie() {
    let service = Service::caching();
    let good = data_of("alice");
    for prefix in [&b"\xe2\x80\x80"[..], b"\xc2\xa0", b"\xe3\x80\x80", b"\x85"] {
        let mut request = request(Method::GET, "/me", &[]);
        let line = [prefix, good.as_bytes()].concat();
        request.headers_mut().insert("cookie", line.as_slice().try_into().unwrap());
        let (status, body) = service.send(request).await;
        assert_eq!((status, &*code(&body)), (401, "authorization_missing"));
    }
    assert_eq!(service.who(&format!("a=b; \t{good} ")).await.as_deref(), Ok("alice"));
}

#[tokio::test]
async fn t132_behind_https_only_the_secure_name_counts() {
    let service = Service::doing_both(&Table::with_sessions_of(&["alice", "mallory"]));
    let (plain, plain_token) = (data_of("mallory"), token_of("mallory"));
    let plain = format!("{}; {}", &plain["__Secure-".len()..], &plain_token["__Secure-".len()..]);
    assert_eq!(service.who(&plain).await, Err("authorization_missing"));
    for line in [format!("{plain}; {}", data_of("alice")), format!("{}; {plain}", data_of("alice"))]
    {
        assert_eq!(service.who(&line).await.as_deref(), Ok("alice"));
    }
    assert_eq!(service.who(&format!("{plain}; {TOKEN}=")).await, Err("cookie_signature"));
    assert_eq!(service.who(&format!("{plain}; {DATA}=")).await, Err("cookie_malformed"));

    let plain_names = cookies().session_data(Strategy::Compact).names("my-app", false);
    let line = data_of("alice").replace("__Secure-better-auth", "my-app");
    let service = Service::with(plain_names);
    assert_eq!(service.who(&line).await.as_deref(), Ok("alice"));
    assert_eq!(service.who(&data_of("alice")).await, Err("authorization_missing"));
}

#[tokio::test]
async fn t133_a_malformed_cookie_is_no_way_in() {
    let service = Service::doing_both(&Table::with_sessions_of(&["alice"]));
    let sandwich = format!(r#"$Version=1; a="x; {}"; b=""#, data_of("alice"));
    assert_eq!(service.who(&sandwich).await, Err("cookie_malformed"));
    let many = "a=b; ".repeat(200);
    for line in [";;;", "=x", "x", "a=\"", &many, &"x".repeat(16 * 1024)] {
        assert_eq!(service.who(line).await, Err("authorization_missing"));
    }
    let mut request = request(Method::GET, "/me", &[]);
    let line = [format!("{DATA}=").as_bytes(), b"\xff\xfe"].concat();
    request.headers_mut().insert("cookie", line.as_slice().try_into().unwrap());
    assert_eq!(service.send(request).await.0, 401);
}

#[tokio::test]
async fn t148_a_cookie_in_chunks_is_put_together() {
    let service = Service::caching();
    let value = session_data(&content("alice"));
    let (one, two) = value.split_at(value.len() / 2);
    let line = format!("{DATA}.1={two}; a=b; {DATA}.0={one}");
    assert_eq!(service.who(&line).await.as_deref(), Ok("alice"));
    assert_eq!(service.who(&format!("{DATA}.0={one}")).await, Err("cookie_malformed"));
    assert_eq!(service.who(&format!("{DATA}.1={two}")).await, Err("cookie_chunks"));
    let again = format!("{line}; {DATA}.1={two}");
    assert_eq!(service.who(&again).await, Err("cookie_duplicate"));
}
