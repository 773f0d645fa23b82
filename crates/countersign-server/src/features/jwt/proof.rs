//! A staged key signs as soon as every registered guard says that it holds it: `countersign keys activate --wait`.
//!
//! | The key was published for | It signs when |
//! |---|---|
//! | less than `token.publish_ahead` | one guard at least holds it, and every one says that it does |
//! | that long | no guard lacks it |

use std::time::Duration;

use countersign_jwt::Clock;
use countersign_store::{Database, StoreError};
use jiff::Timestamp;
use tokio::time::{sleep, timeout};

use super::{
    holders::{GuardReports, Holders, names},
    life::{is_live, staged_since},
    operate::{OperateError, let_sign, no_key_is_staged, rows_of, staged},
};
use crate::{features::Recorder, settings::Settings};

/// How a key does that is waited with.
enum Wait {
    /// It may sign.
    Held,
    /// It signs: somebody else let it.
    Signs,
    /// It is not there any more, or ended.
    Gone,
    /// Not everybody holds it.
    Not(Holders),
}

/// Lets the staged key sign as soon as every registered guard holds it; its id. Where one does not for so long, nothing
/// changes, and the error names it.
pub async fn activate_key_when_held(
    settings: &Settings,
    database: &Database,
    patience: Duration,
    clock: &dyn Clock,
) -> Result<String, OperateError> {
    let rows = rows_of(settings, database, clock.now()).await?;
    let (row, _) = staged(settings, &rows, clock.now()).ok_or_else(no_key_is_staged)?;
    let kid = row.id.as_str();
    if Recorder::find(settings, database).await?.is_none() {
        return Err(OperateError::NoFeed);
    }
    let look = || look(settings, database, kid, clock.now());
    let decided = async {
        while let Wait::Not(_) = look().await? {
            sleep(settings.revocation.poll_interval).await;
        }
        Ok::<_, OperateError>(())
    };
    // Only looking is cut short, never what is done.
    timeout(patience, decided).await.unwrap_or(Ok(()))?;
    let found = match look().await? {
        Wait::Held => match let_sign(settings, database, row, clock.now()).await {
            // Somebody else was faster, with this or with something else.
            Err(OperateError::NoSuchKey { .. }) => look().await?,
            signs => return signs,
        },
        found => found,
    };
    match found {
        Wait::Signs => Ok(kid.to_owned()),
        Wait::Gone => Err(OperateError::NoSuchKey {
            what: format!("the key {kid} was ended while it was waited with"),
        }),
        Wait::Not(holders) => Err(OperateError::NotHeld { kid: kid.to_owned(), holders }),
        Wait::Held => Err(no_key_is_staged()),
    }
}

async fn look(
    settings: &Settings,
    database: &Database,
    kid: &str,
    now: Timestamp,
) -> Result<Wait, OperateError> {
    let rows = rows_of(settings, database, now).await?;
    let found = rows.iter().find(|row| row.id == kid).filter(|row| is_live(row, now));
    let Some(row) = found else { return Ok(Wait::Gone) };
    let Some(since) = staged_since(row) else { return Ok(Wait::Signs) };
    let holders = GuardReports::read(settings, database, names(&rows), now).await?.of(kid);
    let is_known = since + settings.token.publish_ahead <= now;
    let is_held = if is_known { holders.lacking.is_empty() } else { holders.are_all() };
    Ok(if is_held { Wait::Held } else { Wait::Not(holders) })
}

/// What registered guards said of the keys of this database; `None` where there is no revocation feed.
pub async fn guard_reports(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
) -> Result<Option<GuardReports>, StoreError> {
    let rows = rows_of(settings, database, now).await?;
    if Recorder::find(settings, database).await?.is_none() {
        return Ok(None);
    }
    GuardReports::read(settings, database, names(&rows), now).await.map(Some)
}
