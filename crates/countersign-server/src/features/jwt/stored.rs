//! Signing keys as they lie in the database, for people.

use countersign_store::{
    Database, StoreError,
    signing_keys::{self, SigningKeyRow},
};
use jiff::Timestamp;

use super::{
    life::{self, Stage},
    private_key,
};
use crate::{
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
    /// Where it is in its life.
    pub stage: Stage,
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

/// The signing keys of the settings' database, the newest first, as they are at this moment.
pub async fn stored_keys(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
) -> Result<Vec<StoredKey>, StoreError> {
    let rows = database.fetch_all(&signing_keys::all()).await?;
    let rows = rows.into_iter().map(signing_keys::read_row).collect::<Result<Vec<_>, _>>()?;
    Ok(stored(settings, now, rows))
}

pub(super) fn stored(
    settings: &Settings,
    now: Timestamp,
    rows: Vec<SigningKeyRow>,
) -> Vec<StoredKey> {
    let at_rest = AtRest::new(&settings.secrets);
    let signs = signing(settings, &rows, now).map(|row| row.id.clone());
    let grace = settings.token.grace_period;
    let stored = |row: SigningKeyRow| StoredKey {
        stage: life::stage(&row, signs.as_deref(), grace, now),
        kept: kept(&at_rest, &row.private_key),
        kid: row.id,
        algorithm: row.algorithm,
        created_at: row.created_at,
        expires_at: row.expires_at,
    };
    rows.into_iter().map(stored).collect()
}

/// The row whose key signs: the first choice of those that can be opened.
pub(super) fn signing<'a>(
    settings: &Settings,
    rows: &'a [SigningKeyRow],
    now: Timestamp,
) -> Option<&'a SigningKeyRow> {
    life::in_order_of_choice(rows, settings.token.algorithm, now).find(opened_by(settings))
}

/// Whether the secrets of these settings open a row's key.
pub(super) fn opened_by(settings: &Settings) -> impl Fn(&&SigningKeyRow) -> bool {
    let at_rest = AtRest::new(&settings.secrets);
    move |row| !matches!(kept(&at_rest, &row.private_key), Kept::Closed(_))
}

pub(super) fn kept(at_rest: &AtRest, column: &str) -> Kept {
    if private_key::is_clear(column) {
        return Kept::Clear;
    }
    match (private_key::open(at_rest, column), at_rest.sealing(private_key::sealed(column))) {
        (Ok(_), Sealing::Current) => Kept::Current,
        (Ok(_), Sealing::Older(number)) => Kept::Older(number),
        (Err(reason), _) => Kept::Closed(NotOpened::to_string(&reason)),
    }
}
