//! An identity provider on this machine that answers what a test tells it to, and remembers what it was asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use countersign_jwt::{Algorithm, SigningKey};
use http::{HeaderMap, Request, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::fixture::{Reply, TestServer};

pub(crate) const CLIENT: &str = "client-of-ours";
pub(crate) const CLIENT_SECRET: &str = "client-secret-of-ours";
/// What the fixture's clock says.
pub(crate) const NOW: i64 = 1_800_000_000;

#[derive(Clone, Default)]
struct Shared {
    answers: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

pub(crate) struct IdentityProvider {
    pub(crate) url: String,
    pub(crate) key: SigningKey,
    shared: Shared,
}

async fn answer(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (path, body) = (uri.path().to_owned(), String::from_utf8_lossy(&body).into_owned());
    let line = format!("{path} {body} {}", authorization.unwrap_or_default());
    shared.asked.lock().expect("no panic").push(line);
    let answers = shared.answers.lock().expect("no panic");
    let Some((status, body)) = answers.get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let status = StatusCode::from_u16(*status).expect("a status");
    if status.is_redirection() {
        return (status, [(header::LOCATION, body.clone())]).into_response();
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body.clone()).into_response()
}

impl IdentityProvider {
    /// Publishes its key and the metadata of OpenID Connect.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Shared::default();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let key = SigningKey::generate(Algorithm::Es256).expect("a key").with_kid("one");
        let provider = Self { url, key, shared };
        provider.publish(&[&provider.key]);
        provider.answers("/.well-known/openid-configuration", &provider.metadata());
        provider
    }

    pub(crate) fn publish(&self, keys: &[&SigningKey]) {
        let published = keys.iter().map(|key| {
            let mut jwk: Value =
                serde_json::from_str(&key.public_jwk().expect("a key pair")).expect("JSON");
            jwk["kid"] = key.kid().into();
            jwk["alg"] = key.algorithm().as_str().into();
            jwk
        });
        self.answers("/jwks", &json!({ "keys": published.collect::<Vec<_>>() }));
    }

    pub(crate) fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}/{path}", self.url);
        json!({
            "issuer": self.url,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at("jwks"),
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }

    pub(crate) fn answers(&self, path: &str, body: &Value) {
        self.answers_with(path, 200, &body.to_string());
    }

    /// For a redirect the text is the place.
    pub(crate) fn answers_with(&self, path: &str, status: u16, body: &str) {
        let answer = (status, body.to_owned());
        self.shared.answers.lock().expect("no panic").insert(path.to_owned(), answer);
    }

    /// What was asked at this path: the body and the authorization.
    pub(crate) fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.shared.asked.lock().expect("no panic");
        asked.iter().filter(|line| line.starts_with(&format!("{path} "))).cloned().collect()
    }

    /// The settings of a server that knows this provider as `idp`, by its metadata, and as `plain`, by addresses;
    /// with further ones.
    pub(crate) async fn server(&self, changes: &[(&str, &str)]) -> TestServer {
        let settings = self.settings(changes);
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        TestServer::start(&settings).await
    }

    fn settings(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = [
            ("IDP__CLIENT_ID", CLIENT.to_owned()),
            ("IDP__CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("IDP__DISCOVERY_URL", format!("{}/.well-known/openid-configuration", self.url)),
            ("PLAIN__CLIENT_ID", CLIENT.to_owned()),
            ("PLAIN__CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("PLAIN__AUTHORIZATION_URL", format!("{}/authorize", self.url)),
            ("PLAIN__TOKEN_URL", format!("{}/token", self.url)),
            ("PLAIN__USERINFO_URL", format!("{}/userinfo", self.url)),
        ];
        let own = own.map(|(name, value)| (format!("COUNTERSIGN_SOCIAL__{name}"), value));
        let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        own.into_iter().chain(changes).collect()
    }

    /// From now on, codes are redeemed for somebody with this profile.
    pub(crate) fn knows(&self, profile: &Value) {
        self.answers("/token", &json!({ "access_token": "access-token-of-theirs" }));
        self.answers("/userinfo", profile);
    }

    /// From now on, codes are redeemed for this ID token.
    pub(crate) fn gives(&self, id_token: &str) {
        let tokens = json!({ "access_token": "access-token-of-theirs", "id_token": id_token });
        self.answers("/token", &tokens);
    }

    /// An ID token for us, with these claims otherwise.
    pub(crate) fn id_token(&self, nonce: &str, changes: &Value) -> String {
        self.key.sign(&self.claims(nonce, changes)).expect("a token")
    }

    pub(crate) fn claims(&self, nonce: &str, changes: &Value) -> Value {
        let mut claims = json!({
            "iss": self.url, "aud": CLIENT, "sub": "their-ann", "iat": NOW, "exp": NOW + 300, "nonce": nonce,
            "email": "ann@example.com", "email_verified": true, "name": "Ann",
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
    }
}

/// A sign-in on its way.
pub(crate) struct Begun {
    pub(crate) state: String,
    pub(crate) nonce: String,
}

/// Asks the way to a provider.
pub(crate) async fn begin(server: &TestServer, path: &str, provider: &str) -> Begun {
    let body = json!({ "provider": provider, "callbackURL": "/in", "errorCallbackURL": "/err" });
    let reply = server.post(path, &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let address = reply.json()["url"].as_str().expect("an address").to_owned();
    let (_, query) = address.split_once('?').expect("a query");
    let parameter = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(other, _)| other == name).map(|(_, value)| value.into_owned())
    };
    Begun {
        state: parameter("state").expect("a state"),
        nonce: parameter("nonce").unwrap_or_default(),
    }
}

/// A request of the browser that has these cookies.
pub(crate) fn request_with(cookies: &BTreeMap<String, String>, path: &str) -> Request<Body> {
    let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Request::get(format!("/api/auth{path}"))
        .header("cookie", pairs.join("; "))
        .body(Body::empty())
        .expect("a request")
}

/// Comes back with a code; where the browser is sent.
pub(crate) async fn come_back(server: &TestServer, provider: &str, state: &str) -> String {
    location(&server.get(&format!("/callback/{provider}?code=some-code&state={state}")).await)
}

pub(crate) fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 302, "{}", reply.body);
    reply.headers["location"].to_str().expect("text").to_owned()
}

/// The whole way in.
pub(crate) async fn sign_in(server: &TestServer, provider: &str) -> String {
    let begun = begin(server, "/sign-in/social", provider).await;
    come_back(server, provider, &begun.state).await
}

/// Who is signed in, by address.
pub(crate) async fn who(server: &TestServer) -> Value {
    server.get("/get-session").await.json()["user"]["email"].clone()
}
