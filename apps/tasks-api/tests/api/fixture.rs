//! A running API and tokens for it.
//!
//! There are two services that have to answer alike: `tasks-api` with axum, and `examples/fastapi-tasks`
//! with FastAPI. What a test says of one it says of the other ([`on_both_services`]).

use std::{fs, path::Path};

use countersign_jwt::{Algorithm, Clock, SigningKey, SystemClock};
use countersign_testing::{Running, SECRET, binaries::TasksApi, postgres::Postgres};
use serde_json::{Value, json};

use countersign_testing::http::{Answer, send};

pub(crate) const ISSUER: &str = "https://auth.test";
pub(crate) const AUDIENCE: &str = "task-api";
pub(crate) const READ_AND_WRITE: &str = "tasks:read tasks:write";

/// Which of the two services.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Service {
    Axum,
    FastApi,
    /// The same with its tasks in PostgreSQL.
    FastApiOnPostgres,
}

/// The Rust service itself.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tasks-api"))
}

impl Service {
    /// Starts it with these variables.
    pub(crate) fn start(self, settings: &[(&str, &str)]) -> TasksApi {
        let started = match self {
            Self::Axum => TasksApi::start(binary(), settings),
            Self::FastApi | Self::FastApiOnPostgres => TasksApi::start_fastapi(settings),
        };
        started.unwrap_or_else(|error| panic!("the API starts: {error}"))
    }

    /// Starts it for the tokens of an issuer, and for the revocations that are told at another origin, or
    /// at the same.
    pub(crate) fn follow(self, issuer: &str, tells: &str, settings: &[(&str, &str)]) -> TasksApi {
        let keys = format!("{issuer}/api/auth/jwks");
        let feed = format!("{tells}/api/auth/revocations");
        let follows = [
            ("COUNTERSIGN_ISSUER", issuer),
            ("COUNTERSIGN_AUDIENCE", issuer),
            ("COUNTERSIGN_JWKS_URL", &keys),
            ("COUNTERSIGN_REVOCATIONS_URL", &feed),
        ];
        self.start(&[&follows, settings].concat())
    }
}

/// Makes tests of functions that take a [`Service`]: each is run on both.
macro_rules! on_both_services {
    ($($test:ident),+ $(,)?) => {
        mod axum {
            $(#[test]
            fn $test() {
                super::$test(crate::fixture::Service::Axum);
            })+
        }
        mod fastapi {
            $(#[test]
            fn $test() {
                super::$test(crate::fixture::Service::FastApi);
            })+
        }
    };
}
pub(crate) use on_both_services;

/// A running API that takes the tokens of one key.
pub(crate) struct Api {
    process: TasksApi,
    pub(crate) key: SigningKey,
    _keys: Option<tempfile::TempDir>,
    _database: Option<Postgres>,
}

impl Api {
    /// Tokens are signed with the shared secret.
    pub(crate) fn with_secret(service: Service) -> Self {
        Self::start(service, &[("BETTER_AUTH_SECRET", SECRET)], hs256(), None)
    }

    /// The same, and tokens without a claim `scope` have these scopes.
    pub(crate) fn with_default_scopes(service: Service, scopes: &str) -> Self {
        let settings = [("BETTER_AUTH_SECRET", SECRET), ("COUNTERSIGN_DEFAULT_SCOPES", scopes)];
        Self::start(service, &settings, hs256(), None)
    }

    /// Tokens are signed with the shared secret, and the log says everything from this level on.
    pub(crate) fn at_level(level: &str) -> Self {
        let settings = [("BETTER_AUTH_SECRET", SECRET), ("RUST_LOG", level)];
        Self::start(Service::Axum, &settings, hs256(), None)
    }

    /// Tokens are signed with a key pair whose public half is in a file.
    pub(crate) fn with_key_pair(service: Service, algorithm: Algorithm) -> Self {
        let key = SigningKey::generate(algorithm).expect("a key").with_kid("k1");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("jwks.json");
        let mut jwk: Value =
            serde_json::from_str(&key.public_jwk().expect("a public key")).expect("JSON");
        jwk["kid"] = "k1".into();
        jwk["alg"] = algorithm.as_str().into();
        fs::write(&file, json!({ "keys": [jwk] }).to_string()).expect("the file is written");
        let file = file.display().to_string();
        Self::start(service, &[("COUNTERSIGN_JWKS_FILE", &file)], key, Some(folder))
    }

    fn start(
        service: Service,
        keys: &[(&str, &str)],
        key: SigningKey,
        folder: Option<tempfile::TempDir>,
    ) -> Self {
        let policy = [("COUNTERSIGN_ISSUER", ISSUER), ("COUNTERSIGN_AUDIENCE", AUDIENCE)];
        let database = matches!(service, Service::FastApiOnPostgres)
            .then(|| Postgres::start().expect("PostgreSQL starts"));
        let url = database.as_ref().map(|postgres| ("DATABASE_URL", postgres.url()));
        let settings: Vec<_> = policy.iter().chain(keys).copied().chain(url).collect();
        Self { process: service.start(&settings), key, _keys: folder, _database: database }
    }

    pub(crate) fn origin(&self) -> &str {
        self.process.url()
    }

    /// The process.
    pub(crate) fn process(&mut self) -> &mut Running {
        self.process.process()
    }

    /// A good token of this user.
    pub(crate) fn token(&self, user: &str) -> String {
        self.key.sign(&claims(user)).expect("a token")
    }

    /// A request of this user.
    pub(crate) fn call(&self, user: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token(user));
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        send(self.origin(), method, path, &headers, body.map(|body| body.to_string()).as_deref())
    }

    /// Adds a task of this user; the task.
    pub(crate) fn add(&self, user: &str, title: &str) -> Value {
        let path = format!("/api/{user}/tasks");
        let answer = self.call(user, "POST", &path, Some(json!({ "title": title })));
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }
}

fn hs256() -> SigningKey {
    SigningKey::hs256(SECRET.as_bytes()).expect("a key")
}

pub(crate) fn now() -> i64 {
    SystemClock.now().as_second()
}

/// The claims of a good token.
pub(crate) fn claims(user: &str) -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": user, "iat": now(), "exp": now() + 900,
        "sid": "s1", "scope": READ_AND_WRITE,
    })
}

/// The same with some claims changed; `null` takes one away.
pub(crate) fn claims_with(user: &str, changes: &Value) -> Value {
    let mut claims = claims(user);
    for (name, value) in changes.as_object().into_iter().flatten() {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}
