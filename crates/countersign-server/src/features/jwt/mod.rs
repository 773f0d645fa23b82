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
mod closed;
mod feature;
mod holders;
mod keys;
mod life;
mod opened;
mod operate;
mod pair;
mod private_key;
mod proof;
mod rewrap;
mod ring;
mod role;
mod routes;
mod staging;
mod stored;
mod succession;

use std::sync::Arc;

use countersign_jwt::{Claims, KeyError, KeySet, SigningKey, Verifier};
use countersign_store::{sessions::Session, users::User};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use self::{
    holders::{GuardReports, Holders},
    life::Stage,
    operate::{OperateError, Plan, activate_key, plan_keys, retire_key, stage_key},
    pair::NotMade,
    proof::{activate_key_when_held, guard_reports},
    rewrap::{RewrapError, rewrap_keys},
    stored::{Kept, StoredKey, stored_keys},
};

use self::keys::Keys;
pub(super) use self::{
    claims::Grant,
    role::{allowed_scopes, user_of_token},
};
use crate::{
    Auth,
    at_rest::AtRest,
    settings::{ClaimsTemplate, Settings, Wish},
    wire::ApiError,
};

/// The plugin. Clones share it.
#[derive(Clone)]
pub(super) struct Jwt {
    signer: Arc<Signer>,
    jwks_path: Arc<str>,
    /// Whether `get-session` carries a token.
    header: bool,
    is_asked_for: bool,
    /// Whether scopes depend on roles.
    has_roles: bool,
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
            has_roles: settings.token.scopes.have_roles(),
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

    /// A token for this session, as Better Auth gives it; `None` when the user is gone or kept out. It is as old as the look at
    /// the session and its user: what ends or changes since then covers it.
    async fn token(
        &self,
        auth: &Auth,
        issued_at: Timestamp,
        session: &Session,
        user: &User,
    ) -> Result<Option<String>, ApiError> {
        let (settings, user) = (&auth.settings().token, user_of_token(auth, user.clone()).await?);
        let Some(user) = user else { return Ok(None) };
        let scope = match settings.claims {
            ClaimsTemplate::Minimal => allowed_scopes(auth, &user).join(" "),
            ClaimsTemplate::User | ClaimsTemplate::Custom(_) => String::new(),
        };
        let scope = Some(scope.as_str()).filter(|scope| !scope.is_empty());
        let lifetime = settings.lifetime;
        let grant = Grant { issued_at, lifetime, scope, token_id: None };
        self.sign(auth, session, &user, &grant).await.map(Some)
    }

    /// A token for this session that was granted.
    pub(super) async fn sign(
        &self,
        auth: &Auth,
        session: &Session,
        user: &User,
        grant: &Grant<'_>,
    ) -> Result<String, ApiError> {
        let claims = claims::claims(auth, session, user, grant)?;
        let signed = match &*self.signer {
            Signer::Secret(key) => key.sign(&claims),
            Signer::Pairs(keys) => keys.signing_key(auth).await?.sign(&claims),
        };
        signed.map_err(|error| ApiError::internal("a token could not be signed", &error))
    }

    /// What a token says that we signed for a service of ours, and whose time is not over for whoever allows for
    /// clocks that differ so much: another server signed it, maybe, and its clock is ahead.
    pub(super) async fn read(
        &self,
        auth: &Auth,
        token: &str,
        leeway: SignedDuration,
    ) -> Result<Option<Claims>, ApiError> {
        let keys = match &*self.signer {
            Signer::Secret(_) => KeySet::from_secret(auth.settings().secrets.current().expose()),
            Signer::Pairs(keys) => KeySet::from_jwks_json(&keys.published(auth).await?.body),
        };
        let keys =
            keys.map_err(|error| ApiError::internal("our own keys could not be read", &error))?;
        let settings = &auth.settings().token;
        let read = settings.audience.iter().find_map(|audience| {
            let verifier = Verifier::new(&settings.issuer, audience)
                .with_leeway(leeway)
                .with_max_lifetime(settings.lifetime);
            verifier.verify(token, &keys, auth.now()).ok()
        });
        Ok(read)
    }

    /// Where the public keys are, under the base path; `None` where there are none.
    pub(super) fn jwks_path(&self) -> Option<&str> {
        matches!(*self.signer, Signer::Pairs(_)).then_some(&self.jwks_path)
    }
}
