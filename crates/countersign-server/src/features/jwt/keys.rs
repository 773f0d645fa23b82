//! The keys that sign: which one, made when there is none, decrypted once.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use countersign_jwt::{Algorithm, RsaSize, SigningKey};
use countersign_store::signing_keys::{self, SigningKeyRow};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::private_key;
use crate::{Auth, at_rest::AtRest, entropy::random_id, settings::TokenSettings, wire::ApiError};

/// Key pairs in the table `jwks`.
pub(super) struct Keys {
    algorithm: Algorithm,
    rsa_size: RsaSize,
    /// For how long a key signs; `None` is for ever.
    rotation_interval: Option<SignedDuration>,
    /// For how long a key that signs no more is published, so that its last tokens can be verified.
    grace_period: SignedDuration,
    /// Whether new private keys are stored encrypted.
    encrypts: bool,
    at_rest: AtRest,
    /// Keys by id; the rows say which of them still count.
    opened: Mutex<HashMap<String, Arc<SigningKey>>>,
    /// Keys that could not be opened, by id: each is told once.
    closed: Mutex<HashSet<String>>,
    /// The key that signs, and until when that is believed without asking.
    signs: Mutex<Option<(Arc<SigningKey>, Timestamp)>>,
    /// One key is made at a time, so that requests that arrive together at a new database share
    /// one.
    making: tokio::sync::Mutex<()>,
}

impl Keys {
    pub(super) fn new(settings: &TokenSettings, at_rest: AtRest) -> Self {
        Self {
            algorithm: settings.algorithm,
            rsa_size: settings.rsa_size,
            rotation_interval: settings.rotation_interval,
            grace_period: settings.grace_period,
            encrypts: settings.encrypt_private_keys,
            at_rest,
            opened: Mutex::default(),
            closed: Mutex::default(),
            signs: Mutex::default(),
            making: tokio::sync::Mutex::default(),
        }
    }

    /// The key that signs now. Where sessions are believed for some minutes without asking the database,
    /// so is which key that is.
    pub(super) async fn signing_key(&self, auth: &Auth) -> Result<Arc<SigningKey>, ApiError> {
        let Some(cache) = auth.session_cache() else { return self.asked_for(auth).await };
        let now = auth.now();
        let known = self.signs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((key, _)) = known.filter(|(_, until)| now < *until) {
            return Ok(key);
        }
        let key = self.asked_for(auth).await?;
        let until = now + cache.max_age();
        *self.signs.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Arc::clone(&key), until));
        Ok(key)
    }

    async fn asked_for(&self, auth: &Auth) -> Result<Arc<SigningKey>, ApiError> {
        if let Some(key) = self.newest(auth).await? {
            return Ok(key);
        }
        let _one_at_a_time = self.making.lock().await;
        match self.newest(auth).await? {
            Some(key) => Ok(key),
            None => self.make(auth).await,
        }
    }

    /// The public keys as `/jwks` shows them, the oldest first.
    pub(super) async fn published(&self, auth: &Auth) -> Result<Vec<Value>, ApiError> {
        let mut rows = signing_keys::list(auth.database()).await?;
        if rows.is_empty() {
            self.asked_for(auth).await?;
            rows = signing_keys::list(auth.database()).await?;
        }
        rows.reverse();
        let is_published = |row: &SigningKeyRow| {
            row.expires_at.is_none_or(|expires_at| expires_at + self.grace_period > auth.now())
        };
        Ok(rows.iter().filter(|row| is_published(row)).filter_map(|row| self.show(row)).collect())
    }

    /// The newest live key of our algorithm, else the newest live key. A key that cannot be used
    /// is passed over: the next one, or a new one, signs.
    async fn newest(&self, auth: &Auth) -> Result<Option<Arc<SigningKey>>, ApiError> {
        let now = auth.now();
        let rows = signing_keys::list(auth.database()).await?;
        let live: Vec<_> = rows.iter().filter(|row| is_live(row, now)).collect();
        let (ours, others): (Vec<_>, Vec<_>) =
            live.into_iter().partition(|row| self.algorithm_of(row) == Some(self.algorithm));
        Ok(ours.into_iter().chain(others).find_map(|row| self.open(row)))
    }

    /// The algorithm of a row; rows of old versions name none and mean the configured one.
    fn algorithm_of(&self, row: &SigningKeyRow) -> Option<Algorithm> {
        match &row.algorithm {
            Some(name) => name.parse().ok(),
            None => Some(self.algorithm),
        }
    }

    fn open(&self, row: &SigningKeyRow) -> Option<Arc<SigningKey>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = opened.get(&row.id) {
            return Some(Arc::clone(key));
        }
        let algorithm = self.algorithm_of(row)?;
        let jwk = match private_key::open(&self.at_rest, &row.private_key) {
            Ok(jwk) => jwk,
            Err(error) => {
                self.pass_over(row, &error);
                return None;
            }
        };
        match SigningKey::from_private_jwk(algorithm, &jwk) {
            Ok(key) => {
                let key = Arc::new(key.with_kid(&row.id));
                opened.insert(row.id.clone(), Arc::clone(&key));
                Some(key)
            }
            Err(error) => {
                self.pass_over(row, &error);
                None
            }
        }
    }

    /// Says once that a key signs nothing. It is still published, and tried again at each use: the
    /// row may be put right.
    fn pass_over(&self, row: &SigningKeyRow, error: &dyn std::error::Error) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        if closed.insert(row.id.clone()) {
            tracing::error!(
                kid = row.id,
                %error,
                "a signing key cannot be opened; it signs nothing and is still published"
            );
        }
    }

    async fn make(&self, auth: &Auth) -> Result<Arc<SigningKey>, ApiError> {
        let cannot = |error: &dyn std::error::Error| {
            ApiError::internal("a signing key could not be made", error)
        };
        let key = SigningKey::generate_sized(self.algorithm, self.rsa_size)
            .map_err(|error| cannot(&error))?;
        let (Some(public_key), Some(private_key)) = (key.public_jwk(), key.private_jwk()) else {
            return Err(ApiError::unavailable());
        };
        let curve = serde_json::from_str::<Map<String, Value>>(&public_key)
            .ok()
            .and_then(|members| members.get("crv")?.as_str().map(str::to_owned));
        let stored = if self.encrypts {
            private_key::seal(&self.at_rest, &private_key, auth.entropy())
                .map_err(|error| cannot(&error))?
        } else {
            private_key.to_string()
        };
        let now = auth.now();
        let row = SigningKeyRow {
            id: random_id(auth.entropy()),
            private_key: stored,
            public_key,
            created_at: now,
            expires_at: self.rotation_interval.map(|interval| now + interval),
            algorithm: Some(self.algorithm.as_str().to_owned()),
            curve,
        };
        auth.database().execute(&signing_keys::insert(&row)).await?;
        tracing::info!(kid = row.id, algorithm = self.algorithm.as_str(), "made a signing key");
        let key = Arc::new(key.with_kid(&row.id));
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.insert(row.id, Arc::clone(&key));
        Ok(key)
    }

    /// `{"alg", "crv"?, …the JWK…, "kid"}`, in Better Auth's order.
    fn show(&self, row: &SigningKeyRow) -> Option<Value> {
        let public: Map<String, Value> = match serde_json::from_str(&row.public_key) {
            Ok(public) => public,
            Err(error) => {
                tracing::error!(kid = row.id, %error, "a public key is not published");
                return None;
            }
        };
        let mut shown = Map::new();
        let algorithm = row.algorithm.as_deref().unwrap_or(self.algorithm.as_str());
        shown.insert("alg".to_owned(), algorithm.into());
        if let Some(curve) = &row.curve {
            shown.insert("crv".to_owned(), curve.as_str().into());
        }
        shown.extend(public);
        shown.insert("kid".to_owned(), row.id.as_str().into());
        Some(Value::Object(shown))
    }
}

fn is_live(row: &SigningKeyRow, now: Timestamp) -> bool {
    row.expires_at.is_none_or(|expires_at| expires_at > now)
}
