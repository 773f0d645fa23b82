//! Settings: flags and variables become types that cannot be wrong.
//!
//! The secret has no flag: what stands on a command line, every user of the machine can read.

mod error;
mod flags;

use std::net::SocketAddr;

use countersign::{KeySource, Policy, PolicyError};
use countersign_jwt::{WeakSecret, check_secret};
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
        let (keys, keys_name) = keys(&flags, secret)?;
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

fn keys(flags: &Flags, secret: Option<&str>) -> Result<(KeySource, String), SettingsError> {
    // What is set to nothing is not set.
    let url = flags.jwks_url.as_ref().filter(|url| !url.is_empty());
    let file = flags.jwks_file.as_ref().filter(|path| !path.as_os_str().is_empty());
    let secret = secret.filter(|secret| !secret.is_empty());
    match (url, file, secret) {
        (Some(url), None, None) => {
            let keys = KeySource::jwks_url(url).map_err(SettingsError::JwksUrl)?;
            Ok((keys, url.clone()))
        }
        (None, Some(path), None) => {
            let keys = KeySource::jwks_file(path)
                .map_err(|cause| SettingsError::JwksFile { path: path.clone(), cause })?;
            Ok((keys, path.display().to_string()))
        }
        (None, None, Some(secret)) => Ok((shared(secret)?, "the shared secret".to_owned())),
        (None, None, None) => Err(SettingsError::NoKeys),
        (url, file, secret) => {
            let set = [
                url.map(|_| "COUNTERSIGN_JWKS_URL"),
                file.map(|_| "COUNTERSIGN_JWKS_FILE"),
                secret.map(|_| "BETTER_AUTH_SECRET"),
            ];
            Err(SettingsError::SeveralKeys(set.into_iter().flatten().collect()))
        }
    }
}

fn shared(secret: &str) -> Result<KeySource, SettingsError> {
    check_secret(secret).map_err(SettingsError::Secret)?;
    if secret.trim() != secret {
        return Err(SettingsError::SecretWithSpace);
    }
    let short = |_| SettingsError::Secret(WeakSecret::Short { bytes: secret.len() });
    KeySource::secret(secret).map_err(short)
}
