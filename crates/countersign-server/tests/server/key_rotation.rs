//! T149: secrets that follow one another. What the old one sealed is opened as long as it is there, what is
//! new is sealed with the current one, and cookies count under the current one only, as in Better Auth.

use countersign_jwt::{KeySet, Verifier};
use countersign_server::{
    Kept, RewrapError, StoredKey, SystemEntropy, rewrap_keys, settings::Settings, stored_keys,
};
use countersign_store::{
    Database, DatabaseUrl,
    signing_keys::{self, SigningKeyRow},
};
use jiff::Timestamp;
use serde_json::json;

use crate::fixture::{ORIGIN, PASSWORD, TestServer, settings};

const OLD: &str = "an-old-secret-for-tests-only-0123456789ab";
const NEW: &str = "a-new-secret-for-tests-only-0123456789abc";

async fn rewrap(settings: &Settings, database: &Database) -> Result<Vec<StoredKey>, RewrapError> {
    rewrap_keys(settings, database, Timestamp::UNIX_EPOCH, &SystemEntropy).await
}

type Changes<'a> = [(&'a str, &'a str); 2];

struct Rotation {
    _folder: tempfile::TempDir,
    url: String,
    database: Database,
}

impl Rotation {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
        Self { _folder: folder, url, database }
    }

    async fn server(&self, secrets: &Changes<'_>) -> TestServer {
        let [one, other] = secrets;
        TestServer::start(&[*one, *other, ("DATABASE_URL", &self.url)]).await
    }

    async fn row(&self) -> SigningKeyRow {
        signing_keys::list(&self.database, Timestamp::UNIX_EPOCH).await.expect("reads").remove(0)
    }

    async fn kept(&self, secrets: &Changes<'_>) -> Vec<Kept> {
        let settings = settings(secrets).expect("settings");
        let keys =
            stored_keys(&settings, &self.database, Timestamp::UNIX_EPOCH).await.expect("lists");
        keys.into_iter().map(|key| key.kept).collect()
    }
}

async fn token(server: &TestServer) -> String {
    let answer = server.get("/token").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

async fn verifies(server: &TestServer, token: &str) -> bool {
    let keys = KeySet::from_jwks_json(server.get("/jwks").await.body.as_bytes()).expect("keys");
    let now = countersign_jwt::Clock::now(&*server.clock);
    Verifier::new(ORIGIN, ORIGIN).verify(token, &keys, now).is_ok()
}

async fn sign_in(server: &TestServer) {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
}

#[tokio::test]
async fn t149_keys_of_the_old_secret_sign_on_and_cookies_of_it_are_none() {
    let rotation = Rotation::new();
    let first = rotation.server(&[("BETTER_AUTH_SECRET", OLD), ("BETTER_AUTH_SECRETS", "")]).await;
    first.sign_up(&json!({})).await;
    let old = token(&first).await;
    let cookies = first.take_cookies();

    for secrets in [format!("1:{NEW}"), format!("2:{NEW},1:{OLD}")] {
        let second = rotation
            .server(&[("BETTER_AUTH_SECRET", OLD), ("BETTER_AUTH_SECRETS", &secrets)])
            .await;
        second.put_cookies(cookies.clone());
        assert_eq!(second.get("/get-session").await.body, "null");
        assert_eq!(second.get("/list-sessions").await.status, 401);
        sign_in(&second).await;
        let new = token(&second).await;
        assert!(verifies(&second, &old).await && verifies(&second, &new).await);
        // The next server's randomness is the same, and so is its session's id.
        assert_eq!(second.post("/revoke-sessions", &json!({})).await.status, 200);
    }
    assert_eq!(
        signing_keys::list(&rotation.database, Timestamp::UNIX_EPOCH).await.expect("reads").len(),
        1
    );
}

#[tokio::test]
async fn t149_a_key_that_is_made_is_sealed_with_the_current_number() {
    let rotation = Rotation::new();
    let secrets = format!("7:{NEW},1:{OLD}");
    let secrets = [("BETTER_AUTH_SECRET", ""), ("BETTER_AUTH_SECRETS", secrets.as_str())];
    let server = rotation.server(&secrets).await;
    server.sign_up(&json!({})).await;
    token(&server).await;
    let sealed: String = serde_json::from_str(&rotation.row().await.private_key).expect("a text");
    assert!(sealed.starts_with("$ba$7$"), "{sealed}");
    assert_eq!(rotation.kept(&secrets).await, [Kept::Current]);
}

#[tokio::test]
async fn t079_t149_a_key_whose_secret_is_gone_signs_nothing_and_is_still_published() {
    let rotation = Rotation::new();
    let first = rotation
        .server(&[("BETTER_AUTH_SECRET", ""), ("BETTER_AUTH_SECRETS", &format!("1:{OLD}"))])
        .await;
    first.sign_up(&json!({})).await;
    let old = token(&first).await;
    let gone = format!("2:{NEW}");
    let gone = [("BETTER_AUTH_SECRET", ""), ("BETTER_AUTH_SECRETS", gone.as_str())];
    let kept = rotation.kept(&gone).await;
    let [Kept::Closed(reason)] = kept.as_slice() else { panic!("{kept:?}") };
    assert!(reason.contains("secret 1") && reason.contains("BETTER_AUTH_SECRETS"), "{reason}");

    let second = rotation.server(&gone).await;
    sign_in(&second).await;
    for _ in 0..3 {
        assert_eq!(second.get("/get-session").await.status, 200);
        let new = token(&second).await;
        assert!(verifies(&second, &old).await && verifies(&second, &new).await);
    }
    assert_eq!(rotation.kept(&gone).await.len(), 2);
}

#[tokio::test]
async fn keys_come_under_the_current_secret_and_the_old_one_can_go() {
    let rotation = Rotation::new();
    let plain = [("BETTER_AUTH_SECRET", OLD), ("BETTER_AUTH_SECRETS", "")];
    let first = rotation.server(&plain).await;
    first.sign_up(&json!({})).await;
    let old = token(&first).await;
    let kid = rotation.row().await.id;

    let both = format!("2:{NEW}");
    let both = [("BETTER_AUTH_SECRET", OLD), ("BETTER_AUTH_SECRETS", both.as_str())];
    assert_eq!(rotation.kept(&both).await, [Kept::Older(None)]);
    let settings = settings(&both).expect("settings");
    let before = rewrap(&settings, &rotation.database).await.expect("rewraps");
    assert_eq!(before[0].kept, Kept::Older(None));
    assert_eq!(rotation.kept(&both).await, [Kept::Current]);
    let sealed = rotation.row().await.private_key;
    rewrap(&settings, &rotation.database).await.expect("rewraps");
    assert_eq!(rotation.row().await.private_key, sealed, "nothing is done twice");

    let without = [("BETTER_AUTH_SECRET", ""), both[1]];
    let second = rotation.server(&without).await;
    sign_in(&second).await;
    let new = token(&second).await;
    assert!(verifies(&second, &old).await && verifies(&second, &new).await);
    assert_eq!(rotation.row().await.id, kid);
}

#[tokio::test]
async fn keys_in_the_clear_and_keys_that_stay_closed_are_left_alone() {
    let rotation = Rotation::new();
    let plain = [("BETTER_AUTH_SECRET", OLD), ("BETTER_AUTH_SECRETS", "")];
    let server = rotation.server(&plain).await;
    server.sign_up(&json!({})).await;
    token(&server).await;
    let row = rotation.row().await;
    for (id, private_key) in [("clear", "{\"kty\":\"OKP\"}"), ("damaged", "\"00\"")] {
        let copy = SigningKeyRow {
            id: id.to_owned(),
            private_key: private_key.to_owned(),
            public_key: row.public_key.clone(),
            algorithm: row.algorithm.clone(),
            curve: row.curve.clone(),
            ..row
        };
        rotation.database.execute(&signing_keys::insert(&copy)).await.expect("inserts");
    }
    let both = format!("2:{NEW}");
    let both = [("BETTER_AUTH_SECRET", OLD), ("BETTER_AUTH_SECRETS", both.as_str())];
    let settings = settings(&both).expect("settings");
    rewrap(&settings, &rotation.database).await.expect("rewraps");
    let rows = signing_keys::list(&rotation.database, Timestamp::UNIX_EPOCH).await.expect("reads");
    let column =
        |id: &str| rows.iter().find(|row| row.id == id).map(|row| row.private_key.as_str());
    assert_eq!(column("clear"), Some("{\"kty\":\"OKP\"}"));
    assert_eq!(column("damaged"), Some("\"00\""));
    assert!(column(&row.id).is_some_and(|text| text.starts_with("\"$ba$2$")));
}
