//! Where the keys are: one of four places, and a snapshot for keys that are fetched.

use std::path::{Path, PathBuf};

use countersign::{KeySource, PublishedKeys};
use countersign_jwt::{WeakSecret, check_secret};

use super::{Flags, SettingsError};

/// The keys, and their place for people: never the secret.
pub(super) fn read(
    flags: &Flags,
    secret: Option<&str>,
) -> Result<(KeySource, String), SettingsError> {
    // What is set to nothing is not set.
    let text = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
    let path = |flag: &Option<PathBuf>| flag.clone().filter(|path| !path.as_os_str().is_empty());
    let (url, discovery, file) =
        (text(&flags.jwks_url), text(&flags.discovery), path(&flags.jwks_file));
    let secret = secret.filter(|secret| !secret.is_empty());
    let snapshot = path(&flags.jwks_snapshot);
    match (url, discovery, file, secret) {
        (Some(url), None, None, None) => {
            let keys = PublishedKeys::jwks_url(&url).map_err(SettingsError::JwksUrl)?;
            Ok((kept(keys, snapshot)?, url))
        }
        (None, Some(discovery), None, None) => {
            let keys = discovered(&discovery, &flags.issuer)?;
            Ok((kept(keys, snapshot)?, format!("{discovery} discovery")))
        }
        (None, None, None, None) => Err(SettingsError::NoKeys),
        (None, None, Some(_), None) | (None, None, None, Some(_)) if snapshot.is_some() => {
            Err(SettingsError::SnapshotOfNothing)
        }
        (None, None, Some(path), None) => {
            let name = path.display().to_string();
            let keys = KeySource::jwks_file(&path)
                .map_err(|cause| SettingsError::JwksFile { path, cause })?;
            Ok((keys, name))
        }
        (None, None, None, Some(secret)) => Ok((shared(secret)?, "the shared secret".to_owned())),
        (url, discovery, file, secret) => {
            let set = [
                url.map(|_| "COUNTERSIGN_JWKS_URL"),
                discovery.map(|_| "COUNTERSIGN_DISCOVERY"),
                file.map(|_| "COUNTERSIGN_JWKS_FILE"),
                secret.map(|_| "BETTER_AUTH_SECRET"),
            ];
            Err(SettingsError::SeveralKeys(set.into_iter().flatten().collect()))
        }
    }
}

/// The issuer is asked by the name that its tokens have: no other can bring its keys in.
fn discovered(discovery: &str, issuer: &str) -> Result<PublishedKeys, SettingsError> {
    let keys = match discovery {
        "openid" => PublishedKeys::openid(issuer),
        "oauth" => PublishedKeys::oauth(issuer),
        _ => return Err(SettingsError::Discovery),
    };
    keys.map_err(SettingsError::DiscoveryIssuer)
}

fn kept(keys: PublishedKeys, snapshot: Option<PathBuf>) -> Result<KeySource, SettingsError> {
    let Some(file) = snapshot else { return Ok(keys.into()) };
    match file.parent() {
        Some(folder) if *folder != *Path::new("") && !folder.is_dir() => {
            Err(SettingsError::SnapshotFolder(folder.to_owned()))
        }
        _ => Ok(keys.with_snapshot(file).into()),
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
