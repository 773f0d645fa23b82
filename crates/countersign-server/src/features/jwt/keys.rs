//! The keys that sign: read from the table once a second, made when there is none, followed by the next one in time.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use countersign_jwt::{Algorithm, SigningKey};
use countersign_store::{
    StoreError,
    signing_keys::{self, SigningKeyRow},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    life::{self, Due},
    opened::Opened,
    operate::OperateError,
    pair::Pairs,
    ring::{KeyRing, Published},
    staging::{Staged, Staging},
    succession::Successor,
};
use crate::{Auth, at_rest::AtRest, settings::TokenSettings, wire::ApiError};

/// For how long the keys are those that were read last when the table cannot be read.
const LONGEST_WITHOUT_TABLE: SignedDuration = SignedDuration::from_hours(24);

/// Key pairs in the table `jwks`.
pub(super) struct Keys {
    algorithm: Algorithm,
    /// For how long a key signs; `None` is for ever.
    rotation_interval: Option<SignedDuration>,
    /// For how long a key is published before it signs.
    publish_ahead: SignedDuration,
    /// For how long a key that signs no more is published, so that its last tokens can be verified.
    grace_period: SignedDuration,
    successor: Successor,
    pairs: Pairs,
    opened: Opened,
    ring: ArcSwapOption<KeyRing>,
    /// The table is read, and keys are made, by one request at a time; those that arrive meanwhile share what it
    /// found.
    reading: tokio::sync::Mutex<()>,
}

impl Keys {
    pub(super) fn new(settings: &TokenSettings, at_rest: AtRest) -> Self {
        Self {
            algorithm: settings.algorithm,
            rotation_interval: settings.rotation_interval,
            publish_ahead: settings.publish_ahead,
            grace_period: settings.grace_period,
            successor: Successor::new(settings),
            pairs: Pairs::new(settings),
            opened: Opened::new(at_rest),
            ring: ArcSwapOption::empty(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// The key that signs now.
    pub(super) async fn signing_key(&self, auth: &Auth) -> Result<Arc<SigningKey>, ApiError> {
        if let Some(key) = &self.ring(auth).await?.signs {
            return Ok(Arc::clone(key));
        }
        let _one_at_a_time = self.reading.lock().await;
        let ring = self.read(auth).await?;
        if let Some(key) = &ring.signs {
            return Ok(Arc::clone(key));
        }
        let key = self.make(auth).await?;
        self.read(auth).await?;
        Ok(key)
    }

    /// The public keys as `/jwks` shows them.
    pub(super) async fn published(&self, auth: &Auth) -> Result<Published, ApiError> {
        Ok(self.ring(auth).await?.published.clone())
    }

    /// Does what is due where keys follow one another: the end of one must not pass because nobody asked for a token.
    pub(super) async fn look_after(&self, auth: &Auth) -> Result<(), ApiError> {
        if self.rotation_interval.is_some() && !self.published_or_live(auth).await?.is_empty() {
            self.ring(auth).await?;
        }
        Ok(())
    }

    /// What was read in the last second, or now.
    async fn ring(&self, auth: &Auth) -> Result<Arc<KeyRing>, ApiError> {
        if let Some(ring) = self.known(auth.now()) {
            return Ok(ring);
        }
        let _one_at_a_time = self.reading.lock().await;
        match self.known(auth.now()) {
            Some(ring) => Ok(ring),
            None => self.read(auth).await,
        }
    }

    fn known(&self, now: Timestamp) -> Option<Arc<KeyRing>> {
        self.ring.load_full().filter(|ring| ring.counts_at(now))
    }

    async fn read(&self, auth: &Auth) -> Result<Arc<KeyRing>, ApiError> {
        let now = auth.now();
        let ring = match self.rows(auth).await {
            Ok(rows) => {
                let signs = self.first_choice(&rows, now);
                KeyRing::new(&rows, signs, self.algorithm.as_str(), self.grace_period, now)
            }
            Err(error) => {
                let known = self.ring.load_full();
                let known =
                    known.filter(|ring| now.duration_since(ring.read_at()) < LONGEST_WITHOUT_TABLE);
                known.ok_or(error)?.believed_longer(now)
            }
        };
        let ring = Arc::new(ring);
        self.ring.store(Some(Arc::clone(&ring)));
        Ok(ring)
    }

    /// The rows that count for anything, the newest first: those that ended longer ago are published no more.
    async fn published_or_live(&self, auth: &Auth) -> Result<Vec<SigningKeyRow>, StoreError> {
        signing_keys::list(auth.database(), life::withdrawn_before(self.grace_period, auth.now()))
            .await
    }

    /// The rows, after what is due was done.
    async fn rows(&self, auth: &Auth) -> Result<Vec<SigningKeyRow>, ApiError> {
        let rows = self.published_or_live(auth).await?;
        if rows.is_empty() {
            self.make(auth).await?;
            return Ok(self.published_or_live(auth).await?);
        }
        match self.take_step(auth, &rows).await {
            Ok(false) => Ok(rows),
            Ok(true) => Ok(self.published_or_live(auth).await?),
            // The cause was logged. It is tried again with the next reading; the keys that are there count.
            Err(_step) => Ok(rows),
        }
    }

    /// Does what is due with the keys that this server can use; whether anything was. Keys of a server with another
    /// secret have no say in when ours follow one another.
    async fn take_step(&self, auth: &Auth, rows: &[SigningKeyRow]) -> Result<bool, ApiError> {
        if self.rotation_interval.is_none() {
            return Ok(false);
        }
        let now = auth.now();
        let live = rows.iter().filter(|row| life::is_live(row, now));
        let ours = live.filter(life::is_of(self.algorithm));
        let usable = ours.filter(|row| self.opened.key(row, self.algorithm).is_some());
        match life::due(&usable.collect::<Vec<_>>(), self.publish_ahead, now) {
            None => Ok(false),
            Some(Due::Stage(key)) => self.stage(auth, key).await,
            Some(Due::Succeed(succession)) => {
                Ok(self.successor.decide(auth, rows, &succession).await?)
            }
            Some(Due::TakeOver(staged)) => {
                Ok(self.successor.take_over(auth, rows, staged, None).await?)
            }
        }
    }

    /// The first choice of those that can be used. A key that cannot is passed over: the next one, or a new one,
    /// signs.
    fn first_choice(&self, rows: &[SigningKeyRow], now: Timestamp) -> Option<Arc<SigningKey>> {
        let key = |row| self.opened.key(row, life::algorithm_of(row, self.algorithm)?);
        life::in_order_of_choice(rows, self.algorithm, now).find_map(key)
    }

    /// Makes a key that signs at once: there is no other.
    async fn make(&self, auth: &Auth) -> Result<Arc<SigningKey>, ApiError> {
        let (now, id) = (auth.now(), auth.new_id("jwks"));
        let expires_at = self.rotation_interval.map(|interval| now + interval);
        let (key, mut row) = self
            .pairs
            .make(&id, (now, expires_at), self.opened.at_rest(), auth.entropy())
            .map_err(|error| ApiError::internal("a signing key could not be made", &error))?;
        auth.database().insert("jwks", &signing_keys::insert(&row), &mut row.id).await?;
        let key = key.with_kid(&row.id);
        tracing::info!(kid = row.id, algorithm = self.algorithm.as_str(), "made a signing key");
        Ok(self.opened.keep(&row.id, key))
    }

    /// Makes and publishes the key after this one; not if another server just did.
    async fn stage(&self, auth: &Auth, key: &SigningKeyRow) -> Result<bool, ApiError> {
        let staging = Staging {
            database: auth.database(),
            pairs: &self.pairs,
            algorithm: self.algorithm,
            at_rest: self.opened.at_rest(),
            entropy: auth.entropy(),
            now: auth.now(),
        };
        match staging.after(key).await {
            Ok(Staged::Made(kid)) => {
                tracing::info!(kid, after = key.id, "published the next signing key");
                Ok(true)
            }
            Ok(Staged::Known(_)) => Ok(true),
            Err(OperateError::Store(error)) => Err(error.into()),
            Err(error) => Err(ApiError::internal("the next signing key could not be made", &error)),
        }
    }
}
