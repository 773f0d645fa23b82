//! Better Auth's plugin `jwt`: tokens for backends, and the keys to verify them.
//!
//! * `GET /token`: `{"token"}` for a signed-in user.
//! * `GET /jwks`, or `token.jwks_path`: the public keys. Empty when tokens are signed with the
//!   shared secret.
//! * `GET /get-session` carries a token in `set-auth-jwt`, unless `token.header` is off.
//!
//! Keys live in the table `jwks`, the private half encrypted with the secret, as Better Auth
//! stores them: both servers sign with the same key on one database. The newest live key of the
//! configured algorithm signs, else the newest live key; when there is none, one is made. With
//! `token.rotation_interval` a key lives so long, the next one is published `token.publish_ahead`
//! before it signs (see `life.rs`), and the old one for `token.grace_period` more. A key is in the
//! table before it signs: of two servers that both make the first one, both are published. The
//! table is read once a second; while it cannot be read, for a day the keys are what they were.

mod claims;
mod keys;
mod life;
mod opened;
mod operate;
mod pair;
mod private_key;
mod rewrap;
mod ring;
mod routes;
mod stored;

use std::sync::Arc;

use axum::{Router, routing::get};
use countersign_jwt::{KeyError, SigningKey};
use countersign_store::{
    schema::{JWKS, Table},
    sessions::Session,
    users::User,
};
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderName, HeaderValue, header::ACCESS_CONTROL_EXPOSE_HEADERS};
use serde::Serialize;

pub use self::{
    life::Stage,
    operate::{OperateError, Plan, activate_key, plan_keys, retire_key, stage_key},
    pair::NotMade,
    rewrap::{RewrapError, rewrap_keys},
    stored::{Kept, StoredKey, stored_keys},
};

use self::keys::Keys;
use super::Feature;
use crate::{
    Auth,
    at_rest::AtRest,
    settings::{Settings, Wish},
    wire::ApiError,
};

const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");

/// The plugin. Clones share it.
#[derive(Clone)]
pub(super) struct Jwt {
    signer: Arc<Signer>,
    jwks_path: Arc<str>,
    /// Whether `get-session` carries a token.
    header: bool,
    is_asked_for: bool,
}

/// What tokens are signed with.
enum Signer {
    /// The shared secret; there is nothing to publish.
    Secret(Box<SigningKey>),
    /// Key pairs in the database.
    Pairs(Box<Keys>),
}

impl Jwt {
    pub(super) fn new(settings: &Settings) -> Result<Self, KeyError> {
        let signer = match settings.token.algorithm {
            algorithm if algorithm.is_symmetric() => {
                let key = SigningKey::from_secret(algorithm, settings.secrets.current().expose())?;
                Signer::Secret(Box::new(key))
            }
            _ => {
                let keys = Keys::new(&settings.token, AtRest::new(&settings.secrets));
                Signer::Pairs(Box::new(keys))
            }
        };
        let jwks_path = settings.token.jwks_path.as_str().into();
        Ok(Self {
            signer: Arc::new(signer),
            jwks_path,
            header: settings.token.header,
            is_asked_for: settings.token.enabled == Wish::On,
        })
    }

    /// Signs what is no token, with the same key: `typ` says what it is.
    pub(super) async fn sign_message(
        &self,
        auth: &Auth,
        typ: &str,
        says: &(impl Serialize + Sync),
    ) -> Result<String, ApiError> {
        let signed = match &*self.signer {
            Signer::Secret(key) => key.sign_message(typ, says),
            Signer::Pairs(keys) => keys.signing_key(auth).await?.sign_message(typ, says),
        };
        signed.map_err(|error| ApiError::internal("a message could not be signed", &error))
    }

    /// A token for this session.
    async fn token(&self, auth: &Auth, session: &Session, user: &User) -> Result<String, ApiError> {
        let claims = claims::claims(auth, session, user)?;
        let signed = match &*self.signer {
            Signer::Secret(key) => key.sign(&claims),
            Signer::Pairs(keys) => keys.signing_key(auth).await?.sign(&claims),
        };
        signed.map_err(|error| ApiError::internal("a token could not be signed", &error))
    }
}

impl Feature for Jwt {
    fn id(&self) -> &'static str {
        "jwt"
    }

    fn tables(&self) -> &'static [Table] {
        &JWKS
    }

    fn is_asked_for(&self) -> bool {
        self.is_asked_for
    }

    fn description(&self) -> &'static str {
        include_str!("openapi.json")
    }

    fn routes(&self) -> Router<Auth> {
        let (for_token, for_jwks) = (self.clone(), self.clone());
        Router::new()
            .route("/token", get(move |auth, by| routes::token(for_token, auth, by)))
            .route(&self.jwks_path, get(move |auth, headers| routes::jwks(for_jwks, auth, headers)))
    }

    fn session_shown<'a>(
        &'a self,
        auth: &'a Auth,
        session: &'a Session,
        user: &'a User,
    ) -> BoxFuture<'a, Result<Vec<(HeaderName, HeaderValue)>, ApiError>> {
        async move {
            if !self.header {
                return Ok(Vec::new());
            }
            let token = self.token(auth, session, user).await?;
            let Ok(value) = HeaderValue::from_str(&token) else { return Ok(Vec::new()) };
            let exposed = HeaderValue::from_static("set-auth-jwt");
            Ok(vec![(SET_AUTH_JWT, value), (ACCESS_CONTROL_EXPOSE_HEADERS, exposed)])
        }
        .boxed()
    }
}
