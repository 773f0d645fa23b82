//! Private keys under the current secret: which of them are, and how the others come there.

use countersign_store::{Database, StoreError, signing_keys};
use jiff::Timestamp;

use super::private_key;
use crate::{
    Entropy,
    at_rest::{AtRest, NotOpened, Sealing},
    settings::Settings,
};

/// A signing key as it lies in the database.
#[non_exhaustive]
pub struct StoredKey {
    /// Its id, `kid` in tokens.
    pub kid: String,
    /// Its algorithm; `None` on rows of old versions.
    pub algorithm: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it signs nothing.
    pub expires_at: Option<Timestamp>,
    /// How its private half is kept.
    pub kept: Kept,
}

/// How a private key is kept.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// Sealed with the current secret.
    Current,
    /// Sealed with a secret that is not the current one any more; its number, where it has one.
    Older(Option<u32>),
    /// In the clear: key encryption was turned off when it was made.
    Clear,
    /// None of the secrets opens it, and why.
    Closed(String),
}

/// Why keys could not be listed or sealed again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RewrapError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key could not be encrypted.
    #[error("key {kid} could not be encrypted, and nothing was changed")]
    NotSealed {
        /// Which key.
        kid: String,
    },
}

/// The signing keys of the settings' database, the newest first.
pub async fn stored_keys(
    settings: &Settings,
    database: &Database,
) -> Result<Vec<StoredKey>, RewrapError> {
    let at_rest = AtRest::new(&settings.secrets);
    let rows = database.fetch_all(&signing_keys::all()).await?;
    let rows = rows.into_iter().map(signing_keys::read_row).collect::<Result<Vec<_>, _>>()?;
    Ok(rows.into_iter().map(|row| stored_key(&at_rest, row)).collect())
}

/// Seals with the current secret what an older one sealed: all of them or none. Answers with the
/// keys as they were before.
///
/// A key that somebody else changed meanwhile is left to them. Keys in the clear stay so: a server
/// that keeps them so could not read them otherwise.
pub async fn rewrap_keys(
    settings: &Settings,
    database: &Database,
    entropy: &dyn Entropy,
) -> Result<Vec<StoredKey>, RewrapError> {
    let at_rest = AtRest::new(&settings.secrets);
    let mut transaction = database.begin().await?;
    let rows = transaction.fetch_all(&signing_keys::all()).await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let row = signing_keys::read_row(row)?;
        if let Kept::Older(_) = kept(&at_rest, &row.private_key)
            && let Ok(jwk) = private_key::open(&at_rest, &row.private_key)
        {
            let sealed = private_key::seal(&at_rest, &jwk, entropy)
                .map_err(|_| RewrapError::NotSealed { kid: row.id.clone() })?;
            let replace = signing_keys::replace_private_key(&row.id, &row.private_key, &sealed);
            transaction.execute(&replace).await?;
        }
        keys.push(stored_key(&at_rest, row));
    }
    transaction.commit().await?;
    Ok(keys)
}

fn stored_key(at_rest: &AtRest, row: signing_keys::SigningKeyRow) -> StoredKey {
    StoredKey {
        kept: kept(at_rest, &row.private_key),
        kid: row.id,
        algorithm: row.algorithm,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}

fn kept(at_rest: &AtRest, column: &str) -> Kept {
    if private_key::is_clear(column) {
        return Kept::Clear;
    }
    match (private_key::open(at_rest, column), at_rest.sealing(private_key::sealed(column))) {
        (Ok(_), Sealing::Current) => Kept::Current,
        (Ok(_), Sealing::Older(number)) => Kept::Older(number),
        (Err(reason), _) => Kept::Closed(NotOpened::to_string(&reason)),
    }
}
