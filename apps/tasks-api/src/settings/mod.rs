//! Settings: flags and variables become types that cannot be wrong.
//!
//! Secrets have no flags: what stands on a command line, every user of the machine can read.

mod error;
mod flags;
mod keys;
mod revocations;

use std::net::SocketAddr;

use countersign::{KeySource, Policy, PolicyError, RevocationFeed};
use countersign_store::DatabaseUrl;

pub use error::SettingsError;
pub use flags::{Command, Flags};

/// Everything the service was told.
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Which tokens are taken.
    pub policy: Policy,
    /// Where their keys are.
    pub keys: KeySource,
    /// What the issuer takes back.
    pub revocations: Option<RevocationFeed>,
    /// Where the tasks are.
    pub database: DatabaseUrl,
    /// Issuer, audience and place of the keys for people: never the secret.
    pub described: Described,
}

/// What the environment alone may say.
#[derive(Default)]
pub struct Secrets {
    /// The secret shared with the issuer.
    pub shared: Option<String>,
    /// The resource server's credential at the issuer, `name:secret`.
    pub credential: Option<String>,
}

/// What the log may say of the settings.
pub struct Described {
    /// The claim `iss` of tokens that are taken.
    pub issuer: String,
    /// Their claim `aud`.
    pub audience: String,
    /// The address or the file of the keys.
    pub keys: String,
}

impl Settings {
    /// Judges the flags, and the secrets where they are set.
    pub fn read(flags: Flags, secrets: &Secrets) -> Result<Self, SettingsError> {
        let policy = policy(&flags)?;
        let (keys, keys_name) = keys::read(&flags, secrets.shared.as_deref())?;
        let revocations = revocations::read(&flags, secrets.credential.as_deref())?;
        let listen = flags.listen.parse().map_err(|_| SettingsError::Listen)?;
        let database = flags.database_url.parse()?;
        let Flags { issuer, audience, .. } = flags;
        let described = Described { issuer, audience, keys: keys_name };
        Ok(Self { listen, policy, keys, revocations, database, described })
    }
}

/// The variables with secrets.
pub fn secrets_of_process() -> Secrets {
    #[expect(clippy::disallowed_methods, reason = "the one place where secrets are read")]
    let variable = |name: &str| std::env::var(name).ok();
    Secrets {
        shared: variable("BETTER_AUTH_SECRET"),
        credential: variable("COUNTERSIGN_REVOCATIONS_CREDENTIAL"),
    }
}

fn policy(flags: &Flags) -> Result<Policy, SettingsError> {
    let policy = Policy::new(&*flags.issuer, &*flags.audience).map_err(|error| match error {
        PolicyError::Issuer => SettingsError::Issuer { missing: flags.issuer.is_empty() },
        PolicyError::Audience => SettingsError::Audience { missing: flags.audience.is_empty() },
        other => SettingsError::Policy(other),
    })?;
    Ok(policy.with_default_scopes(&flags.default_scopes))
}
