//! The steps of a key's life, taken by people: `countersign keys`.

use countersign_store::{
    Database, StoreError,
    signing_keys::{self, SigningKeyRow},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    holders::Holders,
    life::{is_live, is_of, staged_since, withdrawn_before},
    pair::{NotMade, Pairs},
    staging::Staging,
    stored::{opened_by, signing},
};
use crate::{Entropy, at_rest::AtRest, entropy::new_id, features::NO_FEED, settings::Settings};

/// What would come next.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plan {
    /// There is no key: the first one is made when it is needed, and signs at once.
    NoKey,
    /// No key is staged.
    Stage,
    /// A key is staged; everybody who keeps keys for `token.publish_ahead` knows it at that time.
    Wait {
        /// Which key.
        kid: String,
        /// The earliest moment at which it is safe to let it sign.
        safe_at: Timestamp,
    },
    /// A staged key may sign.
    Activate {
        /// Which key.
        kid: String,
    },
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperateError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key could not be made.
    #[error(transparent)]
    NotMade(#[from] NotMade),
    /// There is no such key, or none in the stage that the step begins from.
    #[error("{what}; `countersign keys list` shows the keys")]
    NoSuchKey {
        /// What was looked for.
        what: String,
    },
    /// Verifiers may not know the key yet.
    #[error(
        "key {kid} was published a short time ago, and verifiers may not know it before {safe_at:.0}; \
         wait until then, or say --at-once if tokens may be refused meanwhile"
    )]
    TooEarly {
        /// Which key.
        kid: String,
        /// When it is safe.
        safe_at: Timestamp,
    },
    /// Guards did not come to hold the key in the time that was given.
    #[error(
        "key {kid} still signs nothing: {}; `countersign keys list` says what every guard holds, and --at-once waits \
         for nobody",
        why_not(holders)
    )]
    NotHeld {
        /// Which key.
        kid: String,
        /// What guards say of it.
        holders: Holders,
    },
    /// Guards have nobody to say to what they hold.
    #[error("{NO_FEED}")]
    NoFeed,
}

fn why_not(holders: &Holders) -> String {
    let Holders { holding, lacking, silent } = holders;
    if holders.guards() == 0 {
        return "no registered guard was heard of, and token.publish_ahead is not over".to_owned();
    }
    let mut reasons = Vec::new();
    if !lacking.is_empty() {
        reasons.push(format!("these guards lack it: {}", lacking.join(", ")));
    }
    if !silent.is_empty() {
        reasons.push(format!("these do not say: {}", silent.join(", ")));
    }
    format!("{} of {} guards hold it; {}", holding.len(), holders.guards(), reasons.join("; "))
}

pub(super) fn no_key_is_staged() -> OperateError {
    OperateError::NoSuchKey { what: "no key is staged".to_owned() }
}

/// What comes next for the keys of this database.
pub async fn plan_keys(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
) -> Result<Plan, StoreError> {
    let rows = rows_of(settings, database, now).await?;
    let Some((staged, since)) = staged(settings, &rows, now) else {
        return Ok(if rows.is_empty() { Plan::NoKey } else { Plan::Stage });
    };
    let (kid, safe_at) = (staged.id.clone(), since + settings.token.publish_ahead);
    Ok(if safe_at <= now { Plan::Activate { kid } } else { Plan::Wait { kid, safe_at } })
}

/// Makes the next key and publishes it; its id. Where one is staged already, that one.
pub async fn stage_key(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<String, OperateError> {
    let rows = rows_of(settings, database, now).await?;
    if let Some((row, _)) = staged(settings, &rows, now) {
        return Ok(row.id.clone());
    }
    let staging = Staging {
        database,
        pairs: &Pairs::new(&settings.token),
        algorithm: settings.token.algorithm,
        at_rest: &AtRest::new(&settings.secrets),
        entropy,
        now,
    };
    let staged = match signing(settings, &rows, now) {
        Some(row) => staging.after(row).await?,
        None => staging.publish(&new_id(database, "jwks", entropy)).await?,
    };
    Ok(staged.into_id())
}

/// Lets the staged key sign, and retires the one that did; the new one's id. Before the time at which verifiers
/// are sure to know it, only `at_once`.
pub async fn activate_key(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
    at_once: bool,
) -> Result<String, OperateError> {
    let rows = rows_of(settings, database, now).await?;
    let (row, since) = staged(settings, &rows, now).ok_or_else(no_key_is_staged)?;
    let safe_at = since + settings.token.publish_ahead;
    if safe_at > now && !at_once {
        return Err(OperateError::TooEarly { kid: row.id.clone(), safe_at });
    }
    let_sign(settings, database, row, now).await
}

/// A staged key signs, and the one that did is retired; its id.
pub(super) async fn let_sign(
    settings: &Settings,
    database: &Database,
    row: &SigningKeyRow,
    now: Timestamp,
) -> Result<String, OperateError> {
    let rows = rows_of(settings, database, now).await?;
    let expires_at = settings.token.rotation_interval.map(|interval| now + interval);
    let mut transaction = database.begin().await?;
    if transaction.execute(&signing_keys::activate(row, now, expires_at)).await? == 0 {
        return Err(no_key_is_staged());
    }
    if let Some(before) = signing(settings, &rows, now).filter(|before| before.id != row.id) {
        transaction.execute(&signing_keys::end(&before.id, now)).await?;
    }
    transaction.commit().await?;
    Ok(row.id.clone())
}

/// A key signs no more. Its tokens are good for as long as it is published, `token.grace_period`; with `withdraw`
/// it is not published any more, and its tokens are refused as soon as verifiers ask again.
pub async fn retire_key(
    settings: &Settings,
    database: &Database,
    kid: &str,
    now: Timestamp,
    withdraw: bool,
) -> Result<(), OperateError> {
    let end = if withdraw { now - settings.token.grace_period - JUST_BEFORE } else { now };
    match database.execute(&signing_keys::end(kid, end)).await? {
        0 => Err(OperateError::NoSuchKey { what: format!("there is no key {kid}, or it ended") }),
        _ => Ok(()),
    }
}

pub(super) async fn rows_of(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
) -> Result<Vec<SigningKeyRow>, StoreError> {
    signing_keys::list(database, withdrawn_before(settings.token.grace_period, now)).await
}

const JUST_BEFORE: SignedDuration = SignedDuration::from_secs(1);

/// The key that is staged, and since when. One that this server's secrets do not open is none: it could not sign.
pub(super) fn staged<'a>(
    settings: &Settings,
    rows: &'a [SigningKeyRow],
    now: Timestamp,
) -> Option<(&'a SigningKeyRow, Timestamp)> {
    let ours = rows.iter().filter(is_of(settings.token.algorithm));
    let mut ours = ours.filter(|row| is_live(row, now)).filter(opened_by(settings));
    ours.find_map(|row| Some((row, staged_since(row)?)))
}
