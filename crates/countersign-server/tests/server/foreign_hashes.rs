//! Users of other systems: their passwords work, and are Better Auth's from then on.
use countersign_store::{
    Database, DatabaseUrl, accounts,
    sql::{Expr, ExprTrait, Query},
};
use serde_json::json;

use crate::{
    fixture::{PASSWORD, Reply, TestServer},
    storage_faults::Sql,
};

/// Of `password1234`, by the library bcrypt.
const BCRYPT: &str = "$2b$04$6N35yD.8rDuhgIqw0BzAcuaSaEb/ddWrfm26o4UlDTOiY.NnH4loa";

struct Imported {
    _folder: tempfile::TempDir,
    database: Database,
    server: TestServer,
    user_id: String,
}

impl Imported {
    async fn with(stored: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let server = TestServer::start(&[("DATABASE_URL", &url)]).await;
        let user = server.sign_up(&json!({})).await.json();
        let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
        let user_id = user["user"]["id"].as_str().expect("an id").to_owned();
        let imported = Self { _folder: folder, database, server, user_id };
        imported.store(stored).await;
        imported
    }

    async fn store(&self, stored: &str) {
        let update = Query::update()
            .table("account")
            .value("password", stored)
            .and_where(Expr::col("userId").eq(self.user_id.as_str()))
            .take();
        self.database.execute(&update).await.expect("writes");
    }

    async fn stored(&self) -> String {
        let stored = accounts::password_of(&self.database, &self.user_id).await.expect("reads");
        stored.expect("a hash")
    }

    async fn sign_in(&self, password: &str) -> Reply {
        let body = json!({ "email": "ann@example.com", "password": password });
        self.server.post("/sign-in/email", &body).await
    }
}

#[tokio::test]
async fn the_first_sign_in_renews_the_hash_and_the_password_stays() {
    let imported = Imported::with(BCRYPT).await;
    assert_eq!(imported.sign_in("password12345").await.status, 401);
    assert_eq!(imported.stored().await, BCRYPT, "a wrong password renews nothing");
    assert_eq!(imported.sign_in(PASSWORD).await.status, 200);
    let renewed = imported.stored().await;
    assert_eq!(renewed.len(), 161, "{renewed}");
    assert_eq!(imported.sign_in(PASSWORD).await.status, 200);
    assert_eq!(imported.stored().await, renewed, "and nothing is renewed twice");
    assert_eq!(imported.sign_in("password12345").await.status, 401);
}

#[tokio::test]
async fn a_hash_that_was_changed_meanwhile_is_not_overwritten() {
    let imported = Imported::with(BCRYPT).await;
    let now = countersign_jwt::Clock::now(&*imported.server.clock);
    let replace = accounts::replace_password(&imported.user_id, "an older hash", "renewed", now);
    assert_eq!(imported.database.execute(&replace).await.expect("runs"), 0);
    assert_eq!(imported.stored().await, BCRYPT);
}

#[tokio::test]
async fn a_sign_in_succeeds_when_the_hash_cannot_be_renewed() {
    let imported = Imported::with(BCRYPT).await;
    let no_more_changes = "CREATE TRIGGER refused BEFORE UPDATE ON account \
        BEGIN SELECT RAISE(ABORT, 'refused'); END";
    imported.database.execute(&Sql(no_more_changes)).await.expect("runs");
    assert_eq!(imported.sign_in(PASSWORD).await.status, 200);
    assert_eq!(imported.stored().await, BCRYPT);
}

#[tokio::test]
async fn a_password_of_another_system_is_changed_and_verified_like_any() {
    let imported = Imported::with(BCRYPT).await;
    let verify = json!({ "password": PASSWORD });
    assert_eq!(imported.server.post("/verify-password", &verify).await.status, 200);
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    assert_eq!(imported.server.post("/change-password", &change).await.status, 200);
    assert_eq!(imported.sign_in(PASSWORD).await.status, 401);
    assert_eq!(imported.sign_in("another password").await.status, 200);
}

#[tokio::test]
async fn t175_t190_a_hash_that_cannot_be_used_looks_like_a_wrong_password() {
    let imported = Imported::with(BCRYPT).await;
    let wrong = imported.sign_in("password12345").await;
    for stored in
        ["$2b$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", "$6$x$y", "plain text"]
    {
        imported.store(stored).await;
        let reply = imported.sign_in(PASSWORD).await;
        assert_eq!((reply.status, &reply.body), (wrong.status, &wrong.body), "{stored}");
        assert_eq!(reply.headers.len(), wrong.headers.len(), "{stored}");
        assert_eq!(imported.stored().await, stored);
    }
}
