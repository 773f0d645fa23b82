//! A name to sign in with.

use countersign_server::{Findings, StartError};
use countersign_store::{
    Database, DatabaseUrl,
    schema::{BETTER_AUTH, JWKS},
};
use countersign_testing::redis::Redis;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::{PASSWORD, TestServer};

const USERNAME: (&str, &str) = ("COUNTERSIGN_USERNAME__ENABLED", "true");
const LIMITED: (&str, &str) = ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true");
const SIGN_IN: &str = "/sign-in/username";

fn credentials(username: &str, password: &str) -> Value {
    json!({ "username": username, "password": password })
}

#[tokio::test]
async fn a_user_has_the_name_in_lower_case_and_as_it_was_typed() {
    let server = TestServer::start(&[USERNAME]).await;
    server.sign_up(&json!({ "username": "Ann_1" })).await;
    let user = server.get("/get-session").await.json()["user"].clone();
    assert_eq!((&user["username"], &user["displayUsername"]), (&json!("ann_1"), &json!("Ann_1")));
    let members: Vec<_> = user.as_object().expect("an object").keys().cloned().collect();
    let expected = "name email emailVerified image createdAt updatedAt username displayUsername id";
    assert_eq!(members.join(" "), expected);
    let reply = server.post(SIGN_IN, &credentials("ANN_1", PASSWORD)).await;
    assert_eq!(reply.json()["user"], user);
}

#[tokio::test]
async fn t175_unknown_wrong_and_without_a_password_are_one_answer() {
    let server = TestServer::start(&[USERNAME]).await;
    server.sign_up(&json!({ "username": "ann" })).await;
    server.forget_cookies();
    let wrong = server.post(SIGN_IN, &credentials("ann", "password12345")).await;
    let unknown = server.post(SIGN_IN, &credentials("nobody", "password12345")).await;
    assert_eq!((wrong.status.as_u16(), unknown.status.as_u16()), (401, 401));
    assert_eq!(wrong.body, unknown.body);
    let names = |reply: &crate::fixture::Reply| {
        reply.headers.keys().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(&wrong), names(&unknown));
}

#[tokio::test]
async fn an_address_that_has_to_be_proven_is_asked_of_names_too() {
    let required = ("COUNTERSIGN_EMAIL_PASSWORD__REQUIRE_EMAIL_VERIFICATION", "true");
    let again = ("COUNTERSIGN_EMAIL_VERIFICATION__SEND_ON_SIGN_IN", "true");
    let server = TestServer::start_with_mail(&[USERNAME, required, again]).await;
    server.sign_up(&json!({ "username": "ann" })).await;
    let mailed = server.mails().await.len();
    let wrong = server.post(SIGN_IN, &credentials("ann", "password12345")).await;
    assert_eq!(wrong.json()["code"], "INVALID_USERNAME_OR_PASSWORD");
    let right = server.post(SIGN_IN, &credentials("ann", PASSWORD)).await;
    assert_eq!((right.status.as_u16(), &right.json()["code"]), (403, &json!("EMAIL_NOT_VERIFIED")));
    assert!(right.headers.get("set-cookie").is_none());
    assert_eq!(server.mails().await.len(), mailed + 1);
}

#[tokio::test]
async fn t203_of_a_hundred_wrong_passwords_at_once_three_are_tried() {
    let server = TestServer::start(&[USERNAME, LIMITED]).await;
    let body = credentials("ann", "x");
    let attempts = (0..100).map(|_| server.post(SIGN_IN, &body));
    let replies = futures_util::future::join_all(attempts).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 401).count(), 3);
    assert_eq!(replies.iter().filter(|reply| reply.status == 429).count(), 97);
    server.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(server.post(SIGN_IN, &credentials("ann", "x")).await.status, 401);
}

#[tokio::test]
async fn t187_more_sign_ins_than_can_wait_are_told_to_come_back() {
    let few =
        [USERNAME, ("COUNTERSIGN_PASSWORD__THREADS", "1"), ("COUNTERSIGN_PASSWORD__QUEUE", "2")];
    let server = TestServer::start(&few).await;
    let body = credentials("nobody", PASSWORD);
    let attempts = (0..5).map(|_| server.post(SIGN_IN, &body));
    let replies = futures_util::future::join_all(attempts).await;
    let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [401, 401, 401, 503, 503]);
}

#[tokio::test]
async fn t271_no_other_spelling_of_the_path_signs_in() {
    let server = TestServer::start(&[USERNAME, LIMITED]).await;
    for path in
        ["//sign-in/username", "/sign-in/username/", "/sign-in/%75sername", "/SIGN-IN/username"]
    {
        assert_eq!(server.post(path, &credentials("ann", PASSWORD)).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn t291_a_name_is_never_part_of_a_statement() {
    let server = TestServer::start(&[USERNAME]).await;
    server.sign_up(&json!({ "username": "ann" })).await;
    for text in ["' OR 1=1--", "\";DROP TABLE user", "%", "_%_", "$1x", "{{x", "\\'xx"] {
        let reply = server.post("/is-username-available", &json!({ "username": text })).await;
        assert_eq!(reply.status, 422, "{text}");
        let reply = server.post(SIGN_IN, &credentials(text, PASSWORD)).await;
        assert_eq!(reply.status, 422, "{text}");
    }
    let free = server.post("/is-username-available", &json!({ "username": "a_n" })).await;
    assert_eq!(free.json(), json!({ "available": true }));
}

#[tokio::test]
async fn t305_a_name_to_show_comes_back_as_it_was_typed() {
    let server = TestServer::start(&[USERNAME]).await;
    for (place, text) in [
        "Ame\u{301}lie",
        "Am\u{e9}lie",
        "\u{1F98A}\u{200d}",
        "\u{202e}nna",
        "\";DROP TABLE user",
        "𠮷",
    ]
    .into_iter()
    .enumerate()
    {
        server.forget_cookies();
        let email = format!("p{place}@example.com");
        server.sign_up(&json!({ "email": email, "displayUsername": text })).await;
        let user = server.get("/get-session").await.json()["user"].clone();
        assert_eq!(user["displayUsername"], text);
    }
}

#[tokio::test]
async fn t292_of_many_sign_ups_with_one_name_at_once_one_has_it() {
    let server = TestServer::start(&[USERNAME]).await;
    let sign_ups = (0..20).map(|number| {
        let username = if number % 2 == 0 { "ann_1" } else { "ANN_1" };
        let email = format!("p{number}@example.com");
        let body =
            json!({ "name": "Ann", "email": email, "password": PASSWORD, "username": username });
        let server = &server;
        async move { server.post("/sign-up/email", &body).await }
    });
    let replies = futures_util::future::join_all(sign_ups).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        let code = reply.json()["code"].clone();
        assert!(code == "USERNAME_IS_ALREADY_TAKEN" || code == "FAILED_TO_CREATE_USER", "{code}");
    }
}

#[tokio::test]
async fn t151_a_sign_in_shows_the_user_and_no_more() {
    let server = TestServer::start(&[USERNAME]).await;
    server.sign_up(&json!({ "username": "ann" })).await;
    let reply = server.post(SIGN_IN, &credentials("ann", PASSWORD)).await;
    let body = reply.json();
    let members: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(members, ["redirect", "token", "user"]);
    assert!(!reply.body.contains("password") && !reply.body.contains("203.0.113.7"));
}

#[tokio::test]
async fn a_database_without_the_columns_is_refused_and_completed_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let file = [("DATABASE_URL", url.as_str())];
    TestServer::start(&file).await.sign_up(&json!({})).await;

    let with_names = [file[0], USERNAME];
    let error = TestServer::try_start(&with_names).await.err().expect("refused");
    let said = error.to_string();
    assert!(matches!(error, StartError::Schema { .. }), "{said}");
    for part in ["`user`.`username` is missing", "`user`.`displayUsername` is missing", "UNIQUE"] {
        assert!(said.contains(part), "{said}");
    }
    let settings = crate::fixture::settings(&with_names).expect("settings");
    let Findings { database, inspection, .. } =
        countersign_server::inspect(&settings).await.expect("inspects");
    database.complete(&inspection).await.expect("completes");

    let server = TestServer::start(&with_names).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let user = server.post("/sign-in/email", &body).await.json()["user"].clone();
    assert_eq!((&user["username"], &user["displayUsername"]), (&Value::Null, &Value::Null));
    server.forget_cookies();
    server.sign_up(&json!({ "email": "bob@example.com", "username": "bob" })).await;

    // Without the plugin the columns stay, and nobody sees them.
    let plain = TestServer::start(&file).await;
    let body = json!({ "email": "bob@example.com", "password": PASSWORD });
    let user = plain.post("/sign-in/email", &body).await.json()["user"].clone();
    assert!(user.get("username").is_none(), "{user}");
}

#[tokio::test]
async fn a_new_database_has_the_columns_from_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    TestServer::start(&[("DATABASE_URL", &url), USERNAME]).await;
    let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
    let tables: Vec<_> = BETTER_AUTH.iter().chain(&JWKS).collect();
    assert!(database.inspect(&tables).await.expect("inspects").is_complete());
    let server = TestServer::start(&[("DATABASE_URL", &url), USERNAME]).await;
    server.sign_up(&json!({ "username": "ann" })).await;
    let taken =
        json!({ "name": "B", "email": "b@example.com", "password": PASSWORD, "username": "Ann" });
    let reply = server.post("/sign-up/email", &taken).await;
    assert_eq!(reply.json()["code"], "USERNAME_IS_ALREADY_TAKEN");
}

#[tokio::test]
async fn copies_of_a_user_have_the_name_too() {
    let redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    let cached = ("COUNTERSIGN_SESSION__COOKIE_CACHE", "jwe");
    let on = ("COUNTERSIGN_USERNAME__ENABLED", "true");
    for place in [cached, ("REDIS_URL", url.as_str())] {
        let server = TestServer::start(&[on, place]).await;
        let ann = server.sign_up(&json!({ "username": "Ann_A" })).await.json();
        assert_eq!(ann["user"]["username"], "ann_a");
        server.take_cookies();
        let body = json!({ "username": "ANN_A", "password": PASSWORD });
        assert_eq!(server.post("/sign-in/username", &body).await.status, 200);
        for _ in 0..2 {
            assert_eq!(server.get("/get-session").await.json()["user"], ann["user"]);
        }
    }
}

#[tokio::test]
async fn wrong_passwords_count_for_the_account_whether_it_is_named_or_addressed() {
    let server = TestServer::start(&[
        ("COUNTERSIGN_USERNAME__ENABLED", "true"),
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
        ("COUNTERSIGN_RATE_LIMIT__RULES", "/sign-in/* off"),
        ("COUNTERSIGN_RATE_LIMIT__ACCOUNT_ATTEMPTS", "2"),
    ])
    .await;
    server.sign_up(&json!({ "username": "ann_a" })).await;
    server.take_cookies();
    let wrong = json!({ "username": "ann_a", "password": "something else" });
    assert_eq!(server.post("/sign-in/username", &wrong).await.status, 401);
    let wrong = json!({ "email": "ann@example.com", "password": "something else" });
    assert_eq!(server.post("/sign-in/email", &wrong).await.status, 401);
    let right = json!({ "username": "ann_a", "password": PASSWORD });
    let refused = server.post("/sign-in/username", &right).await;
    assert_eq!(refused.json()["code"], "INVALID_USERNAME_OR_PASSWORD");
}

#[tokio::test]
async fn of_many_who_take_one_name_at_once_one_gets_it() {
    let server = TestServer::start(&[USERNAME]).await;
    let mut requests = Vec::new();
    for number in 0..8 {
        server.sign_up(&json!({ "email": format!("user{number}@example.com") })).await;
        requests.push(server.json_request("/update-user", &json!({ "username": "ann" })));
        server.forget_cookies();
    }
    let replies =
        futures_util::future::join_all(requests.into_iter().map(|request| server.send(request)));
    let replies = replies.await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        let code = refused.json()["code"].clone();
        let expected = ["USERNAME_IS_ALREADY_TAKEN", "FAILED_TO_UPDATE_USER"];
        assert!(expected.iter().any(|known| code == *known), "{code}");
    }
}

#[tokio::test]
async fn t250_a_change_of_a_name_is_ones_own_whatever_the_body_names() {
    let server = TestServer::start(&[USERNAME]).await;
    let bob =
        server.sign_up(&json!({ "email": "bob@example.com", "username": "bob" })).await.json();
    server.forget_cookies();
    server.sign_up(&json!({ "username": "ann" })).await;
    let wish = json!({ "id": bob["user"]["id"], "userId": bob["user"]["id"], "username": "anne" });
    assert_eq!(server.post("/update-user", &wish).await.status, 200);
    assert_eq!(server.post(SIGN_IN, &credentials("bob", PASSWORD)).await.status, 200);
    assert_eq!(server.post(SIGN_IN, &credentials("anne", PASSWORD)).await.status, 200);
    assert_eq!(server.post(SIGN_IN, &credentials("ann", PASSWORD)).await.status, 401);
}
