//! From settings to a server that can answer.

use std::sync::Arc;

use axum::Router;
use countersign_cookies::SecretError;
use countersign_jwt::{Clock, KeyError};
use countersign_kv::{Redis, RedisError};
use countersign_store::{Database, DatabaseUrl, Inspection, StoreError, schema};

use crate::{
    Entropy,
    app::app,
    at_rest::AtRest,
    auth::{Auth, Parts},
    cookies::{CookieNames, CookieSigner},
    edge::RateLimiter,
    email::EmailTokens,
    features::{self, Feature},
    mail::{MailError, Mailer, OutgoingMail},
    password::HashingPool,
    session::{SessionCache, SessionStore},
    settings::{LimitStorage, SessionRows, Settings},
    social::Social,
};

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The database could not be opened or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database is not new and not complete.
    #[error(
        "the database {url} does not have what this server needs:\n{inspection}\
         Nothing was changed. `countersign migrate apply` runs these statements; \
         back up the database first"
    )]
    Schema {
        /// Which database.
        url: DatabaseUrl,
        /// What is missing.
        inspection: Box<Inspection>,
    },
    /// The secret cannot sign tokens.
    #[error(
        "the secret cannot be used to sign tokens: {0}; `countersign secret generate` makes one \
         that can"
    )]
    Key(#[from] KeyError),
    /// Nothing could be made that asks identity providers.
    #[error("cannot prepare requests to identity providers: {0}")]
    Calls(reqwest::Error),
    /// The secret cannot protect cookies that remember sessions.
    #[error("session.cookie_cache cannot be used: {0}")]
    Secret(#[from] SecretError),
    /// Redis does not answer.
    #[error("{0}; check REDIS_URL, and whether Redis runs")]
    Redis(#[from] RedisError),
    /// The threads that hash passwords could not be started.
    #[error("cannot start the threads that hash passwords: {0}")]
    Threads(#[from] std::io::Error),
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// A server, ready to be put behind a listener.
pub struct Server {
    router: Router,
    created_tables: bool,
    features: Vec<&'static str>,
    outgoing_mail: Option<OutgoingMail>,
}

impl Server {
    /// Opens the database, looks at it, and puts the parts together.
    ///
    /// A database without any table is new: the tables are made. One that has tables is only
    /// looked at; when something is missing, [`StartError::Schema`] says what and which statements
    /// would add it.
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
        let features = features::all(&settings)?;
        let (database, inspection) = open(&settings, &features).await?;
        let created_tables = inspection.is_empty;
        if created_tables {
            database.complete(&inspection).await?;
        } else if !inspection.is_complete() {
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
            Some(redis) => Some(Redis::connect(&redis.url, &redis.key_prefix).await?),
        };
        let ids = features.iter().map(|feature| feature.id()).collect();
        let auth = Auth::new(Parts {
            hashing: HashingPool::start(&settings.password, settings.firebase.clone())?,
            cookie_names: CookieNames::new(&settings.cookies),
            cookie_signer: CookieSigner::new(settings.secrets.current().expose()),
            session_cache: SessionCache::open(&settings, &database)?,
            sessions: SessionStore::new(&settings, database.clone(), redis.clone()),
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
            clock,
            entropy,
            features,
        });
        Ok(Self { router: app(auth), created_tables, features: ids, outgoing_mail })
    }

    /// Whether the database was new and its tables were made.
    pub fn created_tables(&self) -> bool {
        self.created_tables
    }

    /// What the server does beyond e-mail and password, by Better Auth's names of the plugins.
    pub fn features(&self) -> &[&'static str] {
        &self.features
    }

    /// The mails that are under way, to be waited for after the last answer. `None` where no mail
    /// is sent.
    pub fn outgoing_mail(&self) -> Option<OutgoingMail> {
        self.outgoing_mail.clone()
    }

    /// What answers. Whoever serves it passes on the peer's address, as `countersign_serve` does;
    /// without it, clients have no address to be counted by.
    pub fn into_router(self) -> Router {
        self.router
    }
}

/// What the settings' database lacks, and nothing else: for `countersign migrate`.
pub async fn inspect(settings: &Settings) -> Result<(Database, Inspection), StartError> {
    open(settings, &features::all(settings)?).await
}

async fn open(
    settings: &Settings,
    features: &[Box<dyn Feature>],
) -> Result<(Database, Inspection), StartError> {
    let added = || features.iter().flat_map(|feature| feature.tables());
    let user_columns = added()
        .filter(|table| table.name == "user")
        .flat_map(|table| table.columns.iter().map(|column| column.name));
    let database = Database::open_with(&settings.database, settings.database_pool)?
        .with_names(settings.database_names.clone())
        .with_user_columns(user_columns.collect());
    // As in Better Auth: sessions that are in Redis only need no table.
    let only_redis = settings.redis.as_ref().is_some_and(|redis| redis.rows == SessionRows::No);
    let is_needed = |table: &&schema::Table| !(only_redis && table.name == "session");
    let mut tables: Vec<_> = schema::BETTER_AUTH.iter().filter(is_needed).chain(added()).collect();
    let limits = settings.rate_limit.as_ref();
    if limits.is_some_and(|limits| limits.storage == LimitStorage::Database) {
        tables.extend(&schema::RATE_LIMIT);
    }
    let inspection = database.inspect(&tables).await?;
    Ok((database.as_found(&inspection), inspection))
}
