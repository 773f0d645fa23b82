//! Settings: read once at the start, from a TOML file and the environment, into types that cannot
//! be wrong.
//!
//! Every key of the file is also the variable `COUNTERSIGN_<SECTION>__<KEY>`, which wins. Better
//! Auth's own names are honoured too and win over the file: `BETTER_AUTH_SECRET`, `BETTER_AUTH_SECRETS`,
//! `BETTER_AUTH_URL`, `BETTER_AUTH_TRUSTED_ORIGINS`, `DATABASE_URL`. An unknown key is an error
//! that names the nearest known one. [`keys::KEYS`] lists them all.

mod admin;
mod base_url;
mod claims;
mod configuration;
mod cookies;
mod email;
mod error;
mod features;
mod firebase;
pub mod keys;
mod limits;
mod mail;
mod password;
mod reader;
mod redis;
mod refresh_tokens;
mod resource_servers;
mod revocation;
mod scopes;
mod secrets;
mod session;
pub mod social;
mod source;
mod span;
mod token;
mod wish;

use std::{net::SocketAddr, time::Duration};

use countersign_store::{DatabaseUrl, Names, PoolSize};
use ipnet::IpNet;

pub use admin::AdminSettings;
pub use base_url::BaseUrl;
pub use claims::{ClaimValue, ClaimsTemplate, CustomClaims};
pub use configuration::Configuration;
pub(crate) use configuration::SECRET;
pub use cookies::{CookieCacheSettings, CookieSettings, SameSite};
pub use email::{
    ChangeEmailSettings, DeleteUserSettings, EmailPasswordSettings, EmailVerificationSettings,
};
pub use error::SettingsError;
pub use features::{BearerSettings, MultiSessionSettings, OpenApiSettings, UsernameSettings};
pub use firebase::FirebaseScrypt;
pub use limits::{Limit, LimitStorage, PathRule, RateLimitSettings};
pub use mail::MailSettings;
pub(crate) use mail::{MailTransport, Relay, Tls};
pub use password::{PasswordSettings, RefusedPasswords};
pub use redis::{RedisSettings, SessionRows};
pub use refresh_tokens::RefreshTokenSettings;
pub use resource_servers::ResourceServers;
pub use revocation::RevocationSettings;
pub use scopes::ScopeRules;
pub use session::SessionSettings;
pub use social::ProviderSettings;
pub use source::Source;
pub use span::parse as parse_span;
pub use token::TokenSettings;
pub use wish::Wish;

use self::reader::Reader;
use crate::{Entropy, edge::TrustedOrigins, secret::Secrets};

/// Everything the server was told.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Development: a missing secret is replaced by one that lives as long as the process, rate
    /// limits are off, and `/error` shows a page instead of going to the application.
    pub development: bool,
    /// Where browsers see this server.
    pub base_url: BaseUrl,
    /// The current one signs cookies and seals keys at rest; older ones open what they sealed.
    pub secrets: Secrets,
    /// Whether the secret was made up at the start because none was set (development only).
    pub secret_is_temporary: bool,
    /// What every server on the database has to be told alike.
    pub configuration: Configuration,
    /// Where the rows are.
    pub database: DatabaseUrl,
    /// What its tables and columns are called.
    pub database_names: Names,
    /// Plugins of Better Auth that are used on the database to keep people out, and whose protection was
    /// knowingly given up.
    pub without_protection_of: Vec<String>,
    /// How many connections there may be to a database on a server.
    pub database_pool: PoolSize,
    /// How often rows whose time is over are removed; `None` for never.
    pub purge_every: Option<Duration>,
    /// Origins that may send requests with cookies, beside the base URL's.
    pub trusted_origins: TrustedOrigins,
    /// Proxies whose `X-Forwarded-For` is believed. None by default.
    pub trusted_proxies: Vec<IpNet>,
    /// How requests are counted and refused when there are too many; `None` for not at all.
    pub rate_limit: Option<RateLimitSettings>,
    /// Where sessions and verifications are besides, or instead of, the database.
    pub redis: Option<RedisSettings>,
    /// How cookies are called, and who may see them.
    pub cookies: CookieSettings,
    /// How long sessions live.
    pub session: SessionSettings,
    /// The cookie that remembers sessions, if there is one.
    pub cookie_cache: Option<CookieCacheSettings>,
    /// What passwords may be, and how many are hashed at once.
    pub password: PasswordSettings,
    /// The parameters of password hashes that came from Firebase.
    pub firebase: Option<FirebaseScrypt>,
    /// What tokens say.
    pub token: TokenSettings,
    /// What was taken back, for services.
    pub revocation: RevocationSettings,
    /// The plugin `admin`, when it may be on.
    pub admin: Option<AdminSettings>,
    /// The plugin `bearer`, when it is on.
    pub bearer: Option<BearerSettings>,
    /// The plugin `multi-session`, when it is on.
    pub multi_session: Option<MultiSessionSettings>,
    /// The plugin `username`, when it is on.
    pub username: Option<UsernameSettings>,
    /// The plugin `open-api`, when it is on.
    pub open_api: Option<OpenApiSettings>,
    /// The feature `tokens`, when it is on.
    pub refresh_tokens: Option<RefreshTokenSettings>,
    /// Whether tokens that count once are spent here: the feature `spent-tokens`.
    pub spent_tokens: Wish,
    /// Services that may ask about tokens.
    pub resource_servers: ResourceServers,
    /// Sign-up and sign-in with a password.
    pub email_password: EmailPasswordSettings,
    /// Proving an address.
    pub email_verification: EmailVerificationSettings,
    /// Changing an address.
    pub change_email: ChangeEmailSettings,
    /// Deleting oneself.
    pub delete_user: DeleteUserSettings,
    /// Where mail goes; without, nothing that needs a mail can be done.
    pub mail: Option<MailSettings>,
    /// Who else may say who somebody is.
    pub providers: Vec<ProviderSettings>,
    /// What is done with accounts at providers.
    pub accounts: AccountSettings,
}

/// What is done with accounts at identity providers.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AccountSettings {
    /// Whether their tokens are encrypted in the database.
    pub encrypt_tokens: bool,
    /// Whether a user may have several.
    pub linking: bool,
    /// Whether one may be linked whose address is not the user's.
    pub link_other_emails: bool,
}

impl Settings {
    /// Reads the settings; `entropy` makes the temporary secret of a development server.
    pub fn read(source: &Source, entropy: &dyn Entropy) -> Result<Self, SettingsError> {
        let values = source.values()?;
        let reader = Reader { values: &values };
        let listen: SocketAddr =
            reader.parsed("server.listen", "an address such as 127.0.0.1:4000")?;
        let development = reader.boolean("server.development")?;
        let base_url = match reader.text("server.base_url") {
            Some(text) => BaseUrl::parse(text)?,
            None => BaseUrl::of_listener(listen)?,
        };
        let (secrets, secret_is_temporary) = reader.secrets(development, entropy)?;
        let origin = base_url.origin().to_owned();
        let redis = RedisSettings::read(&reader)?;
        let extra_origins = reader.list("server.trusted_origins");
        let social = source.social()?;
        let token = reader.token(&origin)?;
        let rate_limit = RateLimitSettings::read(&reader, development, redis.is_some())?;
        let derived = configuration::derived(&base_url, &token, rate_limit.is_some());
        let configuration = Configuration::of(secrets.current(), &values, &social, &derived);
        Ok(Self {
            listen,
            development,
            secrets,
            secret_is_temporary,
            configuration,
            database: reader.parsed(
                "database.url",
                "sqlite:FILE, postgres://USER:PASSWORD@HOST/DATABASE or mysql://…, with special \
                 characters of the password as `%` and two digits",
            )?,
            database_names: reader.database_names()?,
            without_protection_of: reader
                .list("database.without_protection_of")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            database_pool: reader.database_pool()?,
            purge_every: reader.purge_every()?,
            trusted_origins: TrustedOrigins::new(&origin, extra_origins),
            trusted_proxies: reader.networks("server.trusted_proxies")?,
            rate_limit,
            redis,
            cookies: CookieSettings::read(&reader, &base_url, development)?,
            cookie_cache: CookieCacheSettings::read(&reader)?,
            session: SessionSettings::read(&reader)?,
            password: PasswordSettings::read(&reader)?,
            firebase: firebase::read(&reader)?,
            token,
            revocation: reader.revocation()?,
            admin: reader.admin()?,
            bearer: reader.bearer()?,
            multi_session: reader.multi_session()?,
            username: reader.username()?,
            open_api: reader.open_api()?,
            refresh_tokens: RefreshTokenSettings::read(&reader)?,
            spent_tokens: reader.wish("spent_tokens.enabled")?,
            resource_servers: ResourceServers::read(&reader)?,
            email_password: EmailPasswordSettings::read(&reader)?,
            email_verification: EmailVerificationSettings::read(&reader)?,
            change_email: ChangeEmailSettings::read(&reader)?,
            delete_user: DeleteUserSettings::read(&reader)?,
            mail: MailSettings::read(&reader, base_url.host())?,
            providers: social::providers(&social)?,
            accounts: AccountSettings {
                encrypt_tokens: reader.boolean("account.encrypt_tokens")?,
                linking: reader.boolean("account.linking")?,
                link_other_emails: reader.boolean("account.link_other_emails")?,
            },
            base_url,
        })
    }
}
