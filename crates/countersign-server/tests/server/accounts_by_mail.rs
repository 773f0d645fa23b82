//! Sign-up that tells nothing, addresses that change, users who go.

use countersign::{Guard, KeySource, Policy, Revocations};
use countersign_jwt::Clock;
use countersign_store::{
    Database,
    sql::{Expr, ExprTrait, Query},
};
use countersign_testing::SECRET;
use futures_util::future::join_all;
use http::Request;
use serde_json::{Value, json};

use crate::fixture::{ORIGIN, PASSWORD, TestServer};

const PROVEN_ONLY: (&str, &str) =
    ("COUNTERSIGN_EMAIL_PASSWORD__REQUIRE_EMAIL_VERIFICATION", "true");
const NOT_AT_ONCE: (&str, &str) = ("COUNTERSIGN_EMAIL_PASSWORD__AUTO_SIGN_IN", "false");
const CAN_CHANGE: (&str, &str) = ("COUNTERSIGN_CHANGE_EMAIL__ENABLED", "true");
const CAN_GO: (&str, &str) = ("COUNTERSIGN_DELETE_USER__ENABLED", "true");
const BY_MAIL: (&str, &str) = ("COUNTERSIGN_DELETE_USER__SEND_VERIFICATION", "true");

#[tokio::test]
async fn t177_a_sign_up_with_a_taken_address_looks_like_any_other() {
    for setting in [PROVEN_ONLY, NOT_AT_ONCE] {
        let server = TestServer::start_with_mail(&[setting]).await;
        let sign_up = async |email: &str| server.sign_up(&json!({ "email": email })).await;
        let first = sign_up("ann@example.com").await;
        let (mut taken, mut free) =
            (sign_up("ANN@example.com").await, sign_up("bob@example.com").await);
        for reply in [&mut taken, &mut free] {
            reply.headers.remove("x-request-id").expect("each has its own");
        }
        assert_eq!((taken.status, &taken.headers), (free.status, &free.headers));
        assert_ne!(taken.json()["user"]["id"], first.json()["user"]["id"]);
        let shape = |reply: &Value| {
            let user = reply["user"].as_object().expect("a user").clone();
            let different = ["id", "email"];
            user.into_iter()
                .map(|(name, value)| {
                    if different.contains(&name.as_str()) {
                        (name, json!(value.as_str().map(str::len)))
                    } else {
                        (name, value)
                    }
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(shape(&taken.json()), shape(&free.json()));
        assert!(taken.json()["token"].is_null() && taken.set_cookies().is_empty());
    }
}

#[tokio::test]
async fn t177_many_sign_ups_at_once_make_one_user_and_all_look_alike() {
    let server = TestServer::start_with_mail(&[PROVEN_ONLY]).await;
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
    let replies = join_all((0..6).map(|_| server.post("/sign-up/email", &body))).await;
    assert!(replies.iter().all(|reply| reply.status == 200 && reply.json()["token"].is_null()));
    assert_eq!(server.mails().await.len(), 1);
}

#[tokio::test]
async fn t180_nobody_is_told_or_mailed_when_the_wanted_address_is_taken() {
    let server = TestServer::start_with_mail(&[CAN_CHANGE]).await;
    server.sign_up(&json!({ "email": "bob@example.com" })).await;
    server.forget_cookies();
    server.sign_up(&json!({})).await;
    let change = async |to: &str| server.post("/change-email", &json!({ "newEmail": to })).await;
    let (taken, free) = (change("bob@example.com").await, change("bea@example.com").await);
    assert_eq!((taken.status, taken.body), (free.status, free.body));
    let mails = server.mails().await;
    assert_eq!(mails.iter().map(|mail| &mail["to"]).collect::<Vec<_>>(), ["bea@example.com"]);
}

#[tokio::test]
async fn t201_of_ten_followed_links_one_deletes() {
    let server = TestServer::start_with_mail(&[CAN_GO, BY_MAIL]).await;
    server.sign_up(&json!({})).await;
    assert_eq!(server.post("/delete-user", &json!({})).await.status, 200);
    let link = format!("/delete-user/callback?token={}", server.mailed_token().await);
    let replies = join_all((0..10).map(|_| server.get(&link))).await;
    let deleted = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(deleted, 1, "{:?}", replies.iter().map(|reply| &reply.body).collect::<Vec<_>>());
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.status == 404));
}

#[tokio::test]
async fn t201_a_link_needs_the_session_of_its_user() {
    let server = TestServer::start_with_mail(&[CAN_GO, BY_MAIL]).await;
    server.sign_up(&json!({})).await;
    server.post("/delete-user", &json!({})).await;
    let link = format!("/delete-user/callback?token={}", server.mailed_token().await);
    let cookies = server.take_cookies();
    server.put_cookies(cookies.clone());
    server.post("/revoke-sessions", &json!({})).await;
    server.put_cookies(cookies);
    let reply = server.get(&link).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["code"]),
        (404, &json!("FAILED_TO_GET_USER_INFO"))
    );
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
}

#[tokio::test]
async fn t259_who_signs_up_again_inherits_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let server = TestServer::start_with_mail(&[CAN_GO, CAN_CHANGE, ("DATABASE_URL", &url)]).await;
    let id = server.sign_up(&json!({})).await.json()["user"]["id"].clone();
    let id = id.as_str().expect("an id").to_owned();
    server.post("/request-password-reset", &json!({ "email": "ann@example.com" })).await;
    let reset = server.mailed_token().await;
    server.post("/change-email", &json!({ "newEmail": "bea@example.com" })).await;
    let change = server.mailed_token().await;
    let old = server.take_cookies();
    server.put_cookies(old.clone());
    let deleted = server.post("/delete-user", &json!({ "password": PASSWORD })).await;
    assert_eq!((deleted.status.as_u16(), deleted.set_cookies().len()), (200, 3));

    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    for (table, column) in [("user", "id"), ("session", "userId"), ("account", "userId")] {
        let of_ann =
            Query::select().column("id").from(table).and_where(Expr::col(column).eq(&id)).take();
        assert!(database.fetch_all(&of_ann).await.expect("rows").is_empty(), "{table}");
    }
    server.sign_up(&json!({})).await;
    server.put_cookies(old);
    for path in ["/token", "/list-sessions"] {
        assert_eq!(server.get(path).await.status, 401, "{path}");
    }
    let body = json!({ "token": reset, "newPassword": "another-password" });
    assert_eq!(server.post("/reset-password", &body).await.json()["code"], "USER_NOT_FOUND");
    let followed = server.get(&format!("/verify-email?token={change}")).await;
    assert_eq!(followed.json()["code"], "USER_NOT_FOUND");
}

#[tokio::test]
async fn t258_of_a_deleted_user_nothing_is_left_and_a_guard_that_is_told_ends_their_tokens() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let hs256 = ("COUNTERSIGN_TOKEN__ALGORITHM", "HS256");
    let server = TestServer::start(&[CAN_GO, hs256, ("DATABASE_URL", &url)]).await;
    let reply = server.sign_up(&json!({})).await.json();
    let id = reply["user"]["id"].as_str().expect("an id").to_owned();
    let token = server.get("/token").await.json()["token"].as_str().expect("a token").to_owned();

    let revocations = Revocations::default();
    let guard = Guard::builder(
        Policy::new(ORIGIN, ORIGIN).expect("a policy"),
        KeySource::secret(SECRET).expect("a key"),
    )
    .revocations(revocations.clone())
    .clock(server.clock.clone())
    .build()
    .expect("a guard");
    let admits = async || {
        let header = format!("Bearer {token}");
        let request = Request::builder().header("authorization", header).body(());
        guard.admit(&request.expect("a request").into_parts().0).await
    };
    assert_eq!(admits().await.expect("it is good").subject(), id);

    let cookies = server.take_cookies();
    server.put_cookies(cookies.clone());
    assert_eq!(server.post("/delete-user", &json!({})).await.status, 200);
    server.put_cookies(cookies);
    assert_eq!(server.get("/token").await.status, 401, "nobody gets another token");
    let now = server.clock.now();
    revocations.revoke_user(ORIGIN, &id, now, now);
    assert!(admits().await.is_err());

    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    for table in ["user", "session", "account"] {
        let rows = database.fetch_all(&Query::select().column("id").from(table).take()).await;
        assert!(rows.expect("rows").is_empty(), "{table}");
    }
    // A session that is written late finds no user to belong to.
    let late = Query::insert()
        .into_table("session")
        .columns(["id", "expiresAt", "token", "createdAt", "updatedAt", "userId"])
        .values_panic(["s", "2028", "t", "2027", "2027", id.as_str()].map(Into::into))
        .take();
    assert!(database.execute(&late).await.is_err());
}
