//! Whom a cookie stands for, and where it counts.

use super::*;

#[tokio::test]
async fn a_cookie_makes_the_same_identity_as_a_token() {
    let service = Service::caching();
    let (status, body) = service.get("/me", &data_of("alice")).await;
    assert_eq!(status, 200);
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!({
            "subject": "alice", "session": "s-alice", "issuer": ISSUER, "scopes": ["tasks:read"],
            "roles": ["user", "admin"], "by_cookie": true, "by_token": false,
        })
    );
    assert_eq!(service.get("/reading", &data_of("alice")).await.0, 200);
    assert_eq!(service.get("/writing", &data_of("alice")).await.0, 403);
}

#[tokio::test]
async fn t172_a_route_takes_no_cookies_unless_it_asks_for_them() {
    let service = Service::doing_both(&Table::with_sessions_of(&["alice"]));
    let both = format!("{}; {}", token_of("alice"), data_of("alice"));
    let (status, body) = service.get("/bearer-only", &both).await;
    assert_eq!((status, &*code(&body)), (401, "authorization_missing"));
    let from_app = [("cookie", &*both), ("origin", APP)];
    assert_eq!(service.send(request(Method::POST, "/bearer-only", &from_app)).await.0, 401);
}

#[tokio::test]
async fn t116_where_a_token_came_along_cookies_are_not_looked_at() {
    let table = Table::with_sessions_of(&["alice"]);
    let service = Service::doing_both(&table);
    let cookie = format!("{}; {}", token_of("alice"), data_of("alice"));
    let mut bob = claims();
    bob["sub"] = "bob".into();
    let token = service.key.sign(&bob).unwrap();
    let with = |authorization: String| {
        let headers = [("authorization", &*authorization), ("cookie", &*cookie)];
        service.send(request(Method::GET, "/me", &headers))
    };
    let (_, body) = with(format!("Bearer {token}")).await;
    assert!(body.contains(r#""subject":"bob""#) && body.contains(r#""by_token":true"#));
    for bad in
        [format!("Bearer {token}x"), "Bearer".to_owned(), "Basic YTpi".to_owned(), String::new()]
    {
        assert_eq!(with(bad.clone()).await.0, 401, "{bad}");
    }
    assert_eq!(table.look_ups.load(Ordering::SeqCst), 0);
    // Nor does a cookie ask where a request with a token comes from.
    let headers = [("authorization", &*format!("Bearer {token}")), ("cookie", &*cookie)];
    assert_eq!(service.send(request(Method::POST, "/me", &headers)).await.0, 200);
}

#[tokio::test]
async fn t096_a_token_is_no_cookie_and_a_cookie_no_token() {
    // The worst case: tokens are signed with the very secret of the cookies.
    let key = SigningKey::hs256(SECRET.as_bytes()).unwrap();
    let policy = Policy::new(ISSUER, AUDIENCE).unwrap();
    let guard = Guard::builder(policy, KeySource::secret(SECRET).unwrap())
        .clock(Arc::new(HandClock::at(NOW)))
        .cookies(cookies().session_data(Strategy::Jwt))
        .build()
        .unwrap();
    let router =
        Router::new().route("/me", any(me)).route_layer(Extension(AcceptCookies)).with_state(guard);
    let status = async |name: &str, value: &str| {
        let request = request(Method::GET, "/me", &[(name, value)]);
        router.clone().oneshot(request).await.unwrap().status().as_u16()
    };

    let token = key.sign(&claims()).unwrap();
    assert_eq!(status("authorization", &format!("Bearer {token}")).await, 200);
    assert_eq!(status("cookie", &format!("{DATA}={token}")).await, 401);
    let mut both = claims();
    both.as_object_mut().unwrap().extend(content("alice").as_object().unwrap().clone());
    let both = key.sign(&both).unwrap();
    assert_eq!(status("cookie", &format!("{DATA}={both}")).await, 401);

    let cookie = {
        let mut claims = content("alice");
        claims["exp"] = (NOW + 300).into();
        let text = format!(
            "{}.{}",
            base64url(br#"{"alg":"HS256"}"#),
            base64url(claims.to_string().as_bytes())
        );
        let signature = signed(&text);
        let (_, signature) = signature.rsplit_once('.').unwrap();
        let signature = signature.replace("%2B", "-").replace("%2F", "_").replace("%3D", "");
        format!("{text}.{signature}")
    };
    assert_eq!(status("cookie", &format!("{DATA}={cookie}")).await, 200);
    assert_eq!(status("authorization", &format!("Bearer {cookie}")).await, 401);
}

#[tokio::test]
async fn a_cookie_is_no_token_that_counts_once() {
    let service = Service::caching();
    assert_eq!(service.get("/vote", &data_of("alice")).await.0, 401);
    let bearer = format!("Bearer {}", service.key.sign(&claims()).unwrap());
    let vote = || service.send(request(Method::GET, "/vote", &[("authorization", &*bearer)]));
    assert_eq!((vote().await.0, vote().await.0), (200, 401));
}

#[tokio::test]
async fn a_stranger_is_welcome_where_nobody_needs_to_be_known_and_a_bad_cookie_is_not() {
    let service = Service::caching();
    let greeting = async |cookie: &str| service.get("/greeting", cookie).await;
    assert_eq!(greeting("a=b").await, (200, "stranger".to_owned()));
    assert_eq!(greeting(&token_of("alice")).await, (200, "stranger".to_owned()));
    assert_eq!(greeting(&data_of("alice")).await, (200, "alice".to_owned()));
    assert_eq!(greeting(&format!("{}x", data_of("alice"))).await.0, 401);
}

#[test]
fn a_policy_for_cookies_needs_a_secret_origins_and_a_cookie() {
    let refused = |secret: &str, origin: &str| CookiePolicy::new(secret, [origin]).err();
    assert_eq!(refused("short", APP).unwrap().code(), "cookie_secret");
    for origin in ["https://*.app.test", "app.test", "https://app.test/x", "null", ""] {
        assert_eq!(refused(SECRET, origin).unwrap().code(), "cookie_origin", "{origin}");
    }
    let policy = Policy::new(ISSUER, AUDIENCE).unwrap();
    let keys = KeySource::secret(SECRET).unwrap();
    let none = Guard::builder(policy, keys).cookies(cookies()).build();
    assert!(matches!(none.err(), Some(BuildError::Cookies(CookiePolicyError::NoCookie))));
}
