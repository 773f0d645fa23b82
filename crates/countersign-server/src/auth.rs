//! What every endpoint has at hand.

use std::sync::Arc;

use countersign_jwt::Clock;
use countersign_kv::Redis;
use countersign_store::Database;
use jiff::Timestamp;

use crate::{
    Entropy,
    at_rest::AtRest,
    cookies::{CookieNames, CookieSigner},
    drain::Drain,
    edge::RateLimiter,
    email::EmailTokens,
    entropy::new_id,
    features::Feature,
    mail::Mailer,
    password::HashingPool,
    readiness::Noticed,
    session::{SessionCache, SessionStore},
    settings::Settings,
    social::Social,
    verifications::VerificationStore,
};

/// The server's parts. Clones share them.
#[derive(Clone)]
pub(crate) struct Auth(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) settings: Settings,
    pub(crate) database: Database,
    pub(crate) redis: Option<Redis>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) hashing: HashingPool,
    pub(crate) cookie_names: CookieNames,
    pub(crate) cookie_signer: CookieSigner,
    pub(crate) session_cache: Option<SessionCache>,
    pub(crate) sessions: SessionStore,
    pub(crate) verifications: VerificationStore,
    pub(crate) rate_limiter: Option<RateLimiter>,
    pub(crate) email_tokens: EmailTokens,
    pub(crate) mailer: Option<Mailer>,
    pub(crate) at_rest: AtRest,
    pub(crate) link_tokens: AtRest,
    pub(crate) social: Social,
    pub(crate) drain: Drain,
    pub(crate) noticed: Noticed,
    pub(crate) features: Vec<Box<dyn Feature>>,
}

impl Auth {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn redis(&self) -> Option<&Redis> {
        self.0.redis.as_ref()
    }

    /// The time, to the millisecond: what is written to the database is what was compared.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.0.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// An id for a new row of this table.
    pub(crate) fn new_id(&self, table: &str) -> String {
        new_id(self.database(), table, self.entropy())
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }

    pub(crate) fn hashing(&self) -> &HashingPool {
        &self.0.hashing
    }

    pub(crate) fn cookie_names(&self) -> &CookieNames {
        &self.0.cookie_names
    }

    pub(crate) fn cookie_signer(&self) -> &CookieSigner {
        &self.0.cookie_signer
    }

    /// The cookie that remembers sessions, where there is one.
    pub(crate) fn session_cache(&self) -> Option<&SessionCache> {
        self.0.session_cache.as_ref()
    }

    /// Where sessions are.
    pub(crate) fn sessions(&self) -> &SessionStore {
        &self.0.sessions
    }

    /// Where lies what has to be brought back once.
    pub(crate) fn verifications(&self) -> &VerificationStore {
        &self.0.verifications
    }

    pub(crate) fn rate_limiter(&self) -> Option<&RateLimiter> {
        self.0.rate_limiter.as_ref()
    }

    pub(crate) fn email_tokens(&self) -> &EmailTokens {
        &self.0.email_tokens
    }

    /// The way to send mail, where there is one.
    pub(crate) fn mailer(&self) -> Option<&Mailer> {
        self.0.mailer.as_ref()
    }

    /// Seals what lies in the database.
    pub(crate) fn at_rest(&self) -> &AtRest {
        &self.0.at_rest
    }

    /// Seals the session that asked for an account to be linked.
    pub(crate) fn link_tokens(&self) -> &AtRest {
        &self.0.link_tokens
    }

    /// The identity providers.
    pub(crate) fn social(&self) -> &Social {
        &self.0.social
    }

    /// Whether the server is about to stop.
    pub(crate) fn drain(&self) -> &Drain {
        &self.0.drain
    }

    /// What operators have to know, as it was noticed last.
    pub(crate) fn noticed(&self) -> &Noticed {
        &self.0.noticed
    }

    pub(crate) fn features(&self) -> &[Box<dyn Feature>] {
        &self.0.features
    }
}
