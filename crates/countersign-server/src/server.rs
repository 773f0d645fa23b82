//! From settings to a server that can answer.

use std::{sync::Arc, time::Duration};

use axum::Router;
use countersign_jwt::Clock;
use countersign_kv::{Redis, RedisError};

use crate::{
    Entropy,
    app::app,
    at_rest::AtRest,
    auth::{Auth, Parts},
    cookies::{CookieNames, CookieSigner},
    drain::Drain,
    edge::RateLimiter,
    email::EmailTokens,
    expiry::{Expiry, Purging},
    features::FeatureState,
    findings::{Found, look_when_settled},
    mail::{Mailer, OutgoingMail},
    password::HashingPool,
    readiness::{Noticed, Readiness, Watching},
    session::{SessionCache, SessionStore},
    settings::{RedisSettings, Settings},
    social::Social,
    start_error::StartError,
    verifications::VerificationStore,
};

/// Connects to Redis, and tells when it may lose what it is given.
async fn connect(settings: &RedisSettings) -> Result<Redis, RedisError> {
    let redis = Redis::connect(&settings.url, &settings.key_prefix).await?;
    // A Redis that may not be asked is believed to keep what it has.
    if let Ok(Some(policy)) = redis.drops_keys().await {
        tracing::warn!(
            policy,
            "Redis drops keys when its memory is full: sessions that are only there end early, and what was ended or \
             spent may be forgotten; set maxmemory-policy to noeviction there"
        );
    }
    Ok(redis)
}

/// A server, ready to be put behind a listener.
pub struct Server {
    router: Router,
    created_tables: bool,
    features: Vec<FeatureState>,
    outgoing_mail: Option<OutgoingMail>,
    drain: Drain,
    expiry: Expiry,
    purge_every: Option<Duration>,
    readiness: Readiness,
}

impl Server {
    /// Opens the database, looks at it, and puts the parts together.
    ///
    /// A database without any table is new: the tables are made. One that has tables is only
    /// looked at. Features whose tables are missing are off, unless they were asked for; when
    /// something is missing that has to be there, [`StartError::Schema`] says what and which
    /// statements would add it.
    ///
    /// # Panics
    ///
    /// Where the runtime that this is called on has no timers: whatever waits has a bound.
    pub async fn start(
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        // It is done once and holds much: in a box it is not in every caller's future.
        Box::pin(Self::put_together(settings, clock, entropy)).await
    }

    async fn put_together(
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let mut found = look_when_settled(&settings).await?;
        let mut created_tables = found.inspection.is_empty;
        if created_tables && let Err(error) = found.database.complete(&found.inspection).await {
            // Another server that began at the same time may have made them.
            found = look_when_settled(&settings).await?;
            created_tables = false;
            if found.inspection.is_empty || found.is_refused {
                return Err(error.into());
            }
        }
        let Found { database, inspection, chosen, is_refused, protections } = found;
        if !protections.is_empty() {
            return Err(StartError::Protected { url: settings.database, protections });
        }
        if is_refused && !created_tables {
            let inspection = Box::new(inspection);
            return Err(StartError::Schema { url: settings.database, inspection });
        }
        let mailer = match &settings.mail {
            Some(mail) => {
                Some(Mailer::start(mail, &settings.base_url, clock.clone(), entropy.clone())?)
            }
            None => None,
        };
        let outgoing_mail = mailer.as_ref().map(Mailer::outgoing);
        let redis = match &settings.redis {
            None => None,
            Some(redis) => Some(connect(redis).await?),
        };
        let expiry = Expiry::new(&settings, &chosen.on, database.clone(), clock.clone());
        let purge_every = settings.purge_every;
        let drain = Drain::default();
        let auth = Auth::new(Parts {
            hashing: HashingPool::start(&settings.password, settings.firebase.clone())?,
            cookie_names: CookieNames::new(&settings.cookies),
            cookie_signer: CookieSigner::new(settings.secrets.current().expose()),
            session_cache: SessionCache::open(&settings, &database)?,
            sessions: SessionStore::new(&settings, database.clone(), redis.clone()),
            verifications: VerificationStore::new(&settings, database.clone(), redis.clone()),
            rate_limiter: settings
                .rate_limit
                .clone()
                .map(|limits| RateLimiter::new(limits, &database, redis.as_ref())),
            email_tokens: EmailTokens::new(settings.secrets.current())?,
            mailer,
            at_rest: AtRest::new(&settings.secrets),
            link_tokens: AtRest::for_purpose(&settings.secrets, "oauth-link-session-token"),
            social: Social::new(&settings.providers).map_err(StartError::Calls)?,
            settings,
            database,
            redis,
            clock,
            entropy,
            drain: drain.clone(),
            noticed: Noticed::default(),
            features: chosen.on,
        });
        let readiness = Readiness::new(auth.clone());
        readiness.look_before_start().await;
        let (router, features) = (app(auth), chosen.states);
        Ok(Self {
            router,
            created_tables,
            features,
            outgoing_mail,
            drain,
            expiry,
            purge_every,
            readiness,
        })
    }

    /// Whether the database was new and its tables were made.
    pub fn created_tables(&self) -> bool {
        self.created_tables
    }

    /// What the server can do beyond e-mail and password, and what of it is on.
    pub fn features(&self) -> &[FeatureState] {
        &self.features
    }

    /// Begins to remove rows whose time is over, now and then until the answer is dropped, as a task
    /// of the runtime that this is called on. `None` where the settings say never.
    pub fn begin_purging(&self) -> Option<Purging> {
        self.purge_every.map(|pause| self.expiry.clone().every(pause))
    }

    /// What removes rows whose time is over, for who does it at times of their own.
    pub fn expiry(&self) -> Expiry {
        self.expiry.clone()
    }

    /// What looks for what operators have to know, for who does it at times of their own.
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// The mails that are under way, to be waited for after the last answer. `None` where no mail
    /// is sent.
    pub fn outgoing_mail(&self) -> Option<OutgoingMail> {
        self.outgoing_mail.clone()
    }

    /// To be told when the server is about to stop: requests that wait for news are answered then.
    pub fn drain(&self) -> Drain {
        self.drain.clone()
    }

    /// What answers, and what looks after it: other servers on the database learn that this one is there, and the log
    /// learns what an operator has to do, until that is dropped. As a task of the runtime that this is called on.
    pub fn into_watched_router(self) -> (Router, Watching) {
        (self.router, self.readiness.watch())
    }

    /// What answers, for who looks after it with [`readiness`](Self::readiness). Whoever serves it passes on the peer's address, as `countersign_serve` does;
    /// without it, clients have no address to be counted by.
    pub fn into_router(self) -> Router {
        self.router
    }
}
