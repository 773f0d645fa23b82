//! Private keys under the current secret: how those that an older one sealed come there.

use countersign_store::{Database, StoreError, signing_keys};
use jiff::Timestamp;

use super::{
    private_key,
    stored::{Kept, StoredKey, kept, stored},
};
use crate::{Entropy, at_rest::AtRest, settings::Settings};

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

/// Seals with the current secret what an older one sealed: all of them or none. Answers with the
/// keys as they were before.
///
/// A key that somebody else changed meanwhile is left to them. Keys in the clear stay so: a server
/// that keeps them so could not read them otherwise.
pub async fn rewrap_keys(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Vec<StoredKey>, RewrapError> {
    let at_rest = AtRest::new(&settings.secrets);
    let mut transaction = database.begin().await?;
    let rows = transaction.fetch_all(&signing_keys::all()).await?;
    let rows = rows.into_iter().map(signing_keys::read_row).collect::<Result<Vec<_>, _>>()?;
    for row in &rows {
        if let Kept::Older(_) = kept(&at_rest, &row.private_key)
            && let Ok(jwk) = private_key::open(&at_rest, &row.private_key)
        {
            let sealed = private_key::seal(&at_rest, &jwk, entropy)
                .map_err(|_| RewrapError::NotSealed { kid: row.id.clone() })?;
            let replace = signing_keys::replace_private_key(&row.id, &row.private_key, &sealed);
            transaction.execute(&replace).await?;
        }
    }
    transaction.commit().await?;
    Ok(stored(settings, now, rows))
}
