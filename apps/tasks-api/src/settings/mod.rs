//! Settings: flags and variables become types that cannot be wrong.
//!
//! The secret has no flag: what stands on a command line, every user of the machine can read.

mod error;
mod flags;
mod keys;

use std::net::SocketAddr;

use countersign::{KeySource, Policy, PolicyError};
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
    /// Where the tasks are.
    pub database: DatabaseUrl,
    /// Issuer, audience and place of the keys for people: never the secret.
    pub described: Described,
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
    /// Judges the flags, and the secret where one is set.
    pub fn read(flags: Flags, secret: Option<&str>) -> Result<Self, SettingsError> {
        let policy = policy(&flags)?;
        let (keys, keys_name) = keys::read(&flags, secret)?;
        let listen = flags.listen.parse().map_err(|_| SettingsError::Listen)?;
        let database = flags.database_url.parse()?;
        let Flags { issuer, audience, .. } = flags;
        let described = Described { issuer, audience, keys: keys_name };
        Ok(Self { listen, policy, keys, database, described })
    }
}

/// The variable with the shared secret.
pub fn secret_of_process() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the secret is read")]
    std::env::var("BETTER_AUTH_SECRET").ok()
}

fn policy(flags: &Flags) -> Result<Policy, SettingsError> {
    let policy = Policy::new(&*flags.issuer, &*flags.audience).map_err(|error| match error {
        PolicyError::Issuer => SettingsError::Issuer { missing: flags.issuer.is_empty() },
        PolicyError::Audience => SettingsError::Audience { missing: flags.audience.is_empty() },
        other => SettingsError::Policy(other),
    })?;
    Ok(policy.with_default_scopes(&flags.default_scopes))
}
