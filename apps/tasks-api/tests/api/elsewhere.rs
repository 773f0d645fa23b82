//! Credentials and users named anywhere but in the one header and the one segment: none counts.

use std::thread;

use countersign_testing::http::{open, send, until_closed};
use serde_json::{Value, json};

use crate::fixture::{Api, Service, claims_with, now, on_both_services};

on_both_services! {
    t093_t094_t096_t097_what_was_signed_for_something_else_lets_nobody_in,
    t112_a_token_in_the_query_or_the_body_is_none,
    t115_odd_bytes_in_the_header_are_refused_and_never_decoded,
    t116_t172_cookies_are_nobody,
    t119_no_page_of_another_origin_may_read_an_answer,
    t124_no_line_of_a_head_comes_from_a_request,
    t245_no_spelling_of_an_address_leads_to_somebody_elses_tasks,
    t246_the_owner_is_who_the_token_says,
    t247_what_the_service_sets_itself_cannot_be_set,
    t256_strange_ids_of_users_are_ids,
    t259_tasks_are_of_an_id_and_not_of_a_name,
    t264_two_users_at_once_never_see_each_others_tasks,
}

fn told(answer: &countersign_testing::http::Answer) -> (u16, Value) {
    (answer.status, answer.json()["code"].clone())
}

/// All of these are signed with the secret that signs tokens, too.
fn t093_t094_t096_t097_what_was_signed_for_something_else_lets_nobody_in(service: Service) {
    let api = Api::with_secret(service);
    let (iat, exp) = (now(), now() + 300);
    let user = json!({ "id": "alice", "email": "alice@example.com" });
    let session = json!({ "id": "s1", "userId": "alice", "token": "t" });
    let signed = |claims: &Value| api.key.sign(claims).expect("a token");
    let others = [
        (
            "e-mail verification",
            signed(&json!({ "email": "alice@example.com", "iat": iat, "exp": exp })),
        ),
        (
            "change of the address",
            signed(
                &json!({ "email": "alice@example.com", "updateTo": "a@b.test", "requestType": "change-email-verification", "iat": iat, "exp": exp }),
            ),
        ),
        (
            "session_data",
            signed(
                &json!({ "session": session, "user": user, "updatedAt": iat, "version": "1", "iat": iat, "exp": exp }),
            ),
        ),
        (
            "ID token",
            signed(&claims_with(
                "alice",
                &json!({ "aud": "client-id", "nonce": "n", "at_hash": "h" }),
            )),
        ),
        (
            "a token for another service",
            signed(&claims_with("alice", &json!({ "aud": ["billing-api", "task-api "] }))),
        ),
        ("refresh token", "kq3N0e1ZyqLrS2Xm8bJvQx4wT7uYdHcA".to_owned()),
        ("session token", format!("{}.{}", "a".repeat(32), "b".repeat(43))),
    ];
    for (what, token) in others {
        let bearer = format!("Bearer {token}");
        let answer =
            send(api.origin(), "GET", "/api/alice/tasks", &[("Authorization", &bearer)], None);
        assert_eq!(told(&answer), (401, json!("invalid_token")), "{what}");
    }
}

fn t112_a_token_in_the_query_or_the_body_is_none(service: Service) {
    let api = Api::with_secret(service);
    let token = api.token("alice");
    let bearer = format!("Bearer {token}");
    let (query, form) =
        (format!("/api/alice/tasks?access_token={token}"), format!("access_token={token}"));
    let form_type = ("Content-Type", "application/x-www-form-urlencoded");
    let missing = (401, json!("authorization_missing"));
    assert_eq!(told(&send(api.origin(), "GET", &query, &[], None)), missing);
    assert_eq!(
        told(&send(api.origin(), "POST", "/api/alice/tasks", &[form_type], Some(&form))),
        missing
    );
    let authorized = ("Authorization", bearer.as_str());
    let beside = send(api.origin(), "GET", &query, &[authorized], None);
    assert_eq!(beside.status, 400);
    assert!(!beside.body.contains(&token), "{}", beside.body);
    let beside =
        send(api.origin(), "POST", "/api/alice/tasks", &[authorized, form_type], Some(&form));
    assert_eq!(beside.status, 415);
}

fn t115_odd_bytes_in_the_header_are_refused_and_never_decoded(service: Service) {
    let api = Api::with_secret(service);
    let encoded = format!("Bearer {}", api.token("alice").replace('.', "%2E"));
    let lines: [(&[u8], &[&str]); 6] = [
        (b"Bearer \xff\xfe", &["401", "400"]),
        (b"Bearer \xe9", &["401", "400"]),
        (b"Bearer a\0b", &["400"]),
        (b"Bearer a\rb", &["400"]),
        (b"Bearer %E0%A4%A", &["401"]),
        (encoded.as_bytes(), &["401"]),
    ];
    for (line, statuses) in lines {
        let head =
            b"GET /api/alice/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ";
        let said = until_closed(open(api.origin(), &[head, line, b"\r\n\r\n"].concat()));
        let status = said.split(' ').nth(1).unwrap_or_default();
        assert!(statuses.contains(&status), "{}: {said}", String::from_utf8_lossy(line));
    }
}

fn t116_t172_cookies_are_nobody(service: Service) {
    let api = Api::with_secret(service);
    api.add("bob", "Bob's");
    let alice = api.token("alice");
    let cookies = format!(
        "better-auth.session_token={alice}; better-auth.session_data={alice}; user_id=alice; access_token={alice}"
    );
    let cookie = ("Cookie", cookies.as_str());
    for origin in ["https://app.test", "https://evil.test", "null"] {
        let answer =
            send(api.origin(), "GET", "/api/alice/tasks", &[cookie, ("Origin", origin)], None);
        assert_eq!(told(&answer), (401, json!("authorization_missing")), "{origin}");
    }
    let bearer = format!("Bearer {}", api.token("bob"));
    let get = |path| send(api.origin(), "GET", path, &[("Authorization", &bearer), cookie], None);
    assert_eq!(get("/api/bob/tasks").json()["total"], 1);
    assert_eq!(get("/api/alice/tasks").status, 403);
}

/// The service is called by servers and by programs with a token at hand, not by pages of other origins:
/// there is no origin that may read its answers.
fn t119_no_page_of_another_origin_may_read_an_answer(service: Service) {
    let api = Api::with_secret(service);
    let bearer = format!("Bearer {}", api.token("alice"));
    for origin in
        ["https://evil.test", "null", "https://app.test.evil", "https://app.test", api.origin()]
    {
        let origin = ("Origin", origin);
        let preflight = [
            origin,
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "authorization"),
        ];
        let answers = [
            send(
                api.origin(),
                "GET",
                "/api/alice/tasks",
                &[("Authorization", &bearer), origin],
                None,
            ),
            send(api.origin(), "GET", "/api/alice/tasks", &[origin], None),
            send(api.origin(), "OPTIONS", "/api/alice/tasks", &preflight, None),
            send(api.origin(), "OPTIONS", "/nowhere", &preflight, None),
        ];
        for answer in answers {
            for header in ["origin", "credentials", "headers", "methods", "expose-headers"] {
                assert_eq!(answer.header(&format!("access-control-allow-{header}")), None);
            }
        }
    }
}

fn t124_no_line_of_a_head_comes_from_a_request(service: Service) {
    let api = Api::with_secret(service);
    let forged = "x\r\nSet-Cookie: forged=1\r\n\r\nforged";
    let answer = api.call("alice", "POST", "/api/alice/tasks", Some(json!({ "title": forged })));
    assert_eq!((answer.status, answer.cookies().count()), (201, 0));
    let odd = "a/b ü";
    let at = "/api/a%2Fb%20%C3%BC/tasks";
    let answer = api.call(odd, "POST", at, Some(json!({ "title": "x" })));
    assert_eq!(answer.status, 201, "{}", answer.body);
    let location = answer.header("location").expect("where it is").to_owned();
    assert!(location.starts_with(at) && location.is_ascii(), "{location}");
    assert_eq!(api.call(odd, "GET", &location, None).status, 200);
    for path in ["/api/alice%0d%0aSet-Cookie:%20forged=1/tasks", "/%0d%0aSet-Cookie:%20forged=1"] {
        let answer = api.call("alice", "GET", path, None);
        assert!([403, 404].contains(&answer.status), "{path}");
        assert_eq!(answer.cookies().count(), 0, "{path}");
    }
}

fn t245_no_spelling_of_an_address_leads_to_somebody_elses_tasks(service: Service) {
    let api = Api::with_secret(service);
    let task = api.add("bob", "Bob's secret");
    let id = task["id"].as_str().expect("an id");
    for spelling in [
        "/api/alice%2f..%2fbob/tasks",
        "/api/alice/../bob/tasks",
        "/api/alice/%2e%2e/bob/tasks",
        "/api/./bob/tasks",
        "/api//bob/tasks",
        "//api/bob/tasks",
        "/api/bob%20/tasks",
        "/api/bob;x/tasks",
        "/api/alice;/../bob/tasks",
        "/api/bob%00/tasks",
        "/api/%62ob/tasks",
        "/api/%2562ob/tasks",
        "/api/bob/tasks/",
        "/API/bob/tasks",
        "/%61pi/bob/tasks",
        "/api\\bob\\tasks",
        "/api/bob%5ctasks",
        "/api/alice/tasks/..%2f..%2fbob%2ftasks",
        "/api/alice/tasks/../../bob/tasks",
        "/api/bob/tasks?user_id=alice",
        "/api/bob/tasks%3fuser_id=alice",
        "/api/bob/tasks%23",
        "/api/*/tasks",
        "/api/%25/tasks",
        "/api/_/tasks",
    ] {
        for path in [spelling.to_owned(), format!("{spelling}/{id}")] {
            for (method, body) in
                [("GET", None), ("PATCH", Some(json!({ "title": "x" }))), ("DELETE", None)]
            {
                let answer = api.call("alice", method, &path, body);
                assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
                assert!(!answer.body.contains("Bob's"), "{method} {path}: {}", answer.body);
            }
        }
    }
    assert_eq!(api.call("bob", "GET", &format!("/api/bob/tasks/{id}"), None).json(), task);
}

fn t246_the_owner_is_who_the_token_says(service: Service) {
    let api = Api::with_secret(service);
    let bearer = format!("Bearer {}", api.token("alice"));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
        ("X-User-Id", "bob"),
        ("Cookie", "user_id=bob"),
    ];
    let answer = send(
        api.origin(),
        "POST",
        "/api/alice/tasks?user_id=bob",
        &headers,
        Some(r#"{"title":"Mine"}"#),
    );
    assert_eq!((answer.status, &answer.json()["user_id"]), (201, &json!("alice")));
    assert_eq!(api.call("bob", "GET", "/api/bob/tasks", None).json()["total"], 0);
    let list = send(api.origin(), "GET", "/api/alice/tasks?user_id=bob", &headers, None);
    assert_eq!(list.status, 400, "a parameter that means nothing is not overlooked");
}

fn t247_what_the_service_sets_itself_cannot_be_set(service: Service) {
    let api = Api::with_secret(service);
    let task = api.add("alice", "Mine");
    let one = format!("/api/alice/tasks/{}", task["id"].as_str().expect("an id"));
    for (name, value) in [
        ("id", json!("00000000-0000-4000-8000-000000000000")),
        ("user_id", json!("bob")),
        ("owner", json!("bob")),
        ("created_at", json!("1970-01-01T00:00:00.000Z")),
        ("updated_at", json!("1970-01-01T00:00:00.000Z")),
        ("is_admin", json!(true)),
        ("__proto__", json!({ "user_id": "bob" })),
        ("__class__", json!("x")),
    ] {
        let body = json!({ "title": "t", name: value });
        for (method, path) in [("POST", "/api/alice/tasks"), ("PUT", &one), ("PATCH", &one)] {
            let answer = api.call("alice", method, path, Some(body.clone()));
            assert_eq!(answer.status, 422, "{method} {name}");
            assert_eq!(answer.json()["errors"][0]["field"], name, "{method}");
        }
    }
    assert_eq!(api.call("alice", "GET", &one, None).json(), task);
    assert_eq!(api.call("alice", "GET", "/api/alice/tasks", None).json()["total"], 1);
}

fn t256_strange_ids_of_users_are_ids(service: Service) {
    let api = Api::with_secret(service);
    api.add("alice", "Alice's");
    for (user, segment) in [
        ("me", "me"),
        ("*", "*"),
        ("%", "%25"),
        ("_____", "_____"),
        ("null", "null"),
        ("undefined", "undefined"),
        ("..", "%2e%2e"),
        ("0", "0"),
        ("alice%00", "alice%2500"),
        ("%61lice", "%2561lice"),
        ("a\u{301}", "a%CC%81"),
        ("\u{e1}", "%C3%A1"),
        ("' OR 1=1 --", "'%20OR%201=1%20--"),
        ("\u{202e}ecila", "%E2%80%AEecila"),
    ] {
        let path = format!("/api/{segment}/tasks");
        let answer = api.call("alice", "GET", &path, None);
        assert_eq!(told(&answer), (403, json!("not_owner")), "{user}");
        let answer = api.call(user, "GET", &path, None);
        assert_eq!((answer.status, &answer.json()["total"]), (200, &json!(0)), "{user}");
    }
}

/// Whoever has the address of an account that was deleted inherits nothing.
fn t259_tasks_are_of_an_id_and_not_of_a_name(service: Service) {
    let api = Api::with_secret(service);
    let signed = |id: &str, scope: &str| {
        let claims =
            claims_with(id, &json!({ "email": "ann@example.com", "name": "Ann", "scope": scope }));
        format!("Bearer {}", api.key.sign(&claims).expect("a token"))
    };
    let both = crate::fixture::READ_AND_WRITE;
    let old = signed("old-id", both);
    let headers = [("Authorization", old.as_str()), ("Content-Type", "application/json")];
    let body = Some(r#"{"title":"Of the old account"}"#);
    assert_eq!(send(api.origin(), "POST", "/api/old-id/tasks", &headers, body).status, 201);
    let new = signed("new-id", both);
    let headers = [("Authorization", new.as_str())];
    let list = send(api.origin(), "GET", "/api/new-id/tasks", &headers, None);
    assert_eq!(list.json()["total"], 0);
    assert_eq!(send(api.origin(), "GET", "/api/old-id/tasks", &headers, None).status, 403);
    assert_eq!(send(api.origin(), "GET", "/api/ann@example.com/tasks", &headers, None).status, 403);
}

fn t264_two_users_at_once_never_see_each_others_tasks(service: Service) {
    const ROUNDS: usize = 40;
    let api = Api::with_secret(service);
    let tasks: Vec<_> = ["alice", "bob"]
        .iter()
        .map(|user| {
            api.add(user, &format!("marker of {user}"))["id"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    let (origin, tokens) = (api.origin(), ["alice", "bob"].map(|user| (user, api.token(user))));
    thread::scope(|scope| {
        for (index, other) in [(0, "bob"), (1, "alice"), (0, "bob"), (1, "alice")] {
            let ((user, token), tasks) = (&tokens[index], &tasks);
            scope.spawn(move || {
                let bearer = format!("Bearer {token}");
                let headers =
                    [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
                for round in 0..ROUNDS {
                    let paths = [
                        format!("/api/{user}/tasks"),
                        format!("/api/{user}/tasks/{}", tasks[round % 2]),
                        format!("/api/{other}/tasks"),
                    ];
                    for path in paths {
                        let answer = send(origin, "GET", &path, &headers, None);
                        assert!([200, 403, 404].contains(&answer.status), "{}", answer.body);
                        assert!(!answer.body.contains(&format!("marker of {other}")), "{path}");
                    }
                    let path = format!("/api/{user}/tasks");
                    let title = json!({ "title": format!("marker of {user} {round}") }).to_string();
                    let added = send(origin, "POST", &path, &headers, Some(&title));
                    assert_eq!(added.json()["user_id"], *user, "{}", added.body);
                }
            });
        }
    });
    for user in ["alice", "bob"] {
        let list = api.call(user, "GET", &format!("/api/{user}/tasks"), None).json();
        assert_eq!(list["total"], 1 + 2 * ROUNDS);
    }
}
