//! What the command line does: bans and roles, in the way of the endpoints.

use std::time::Duration;

use countersign_jwt::Clock;
use countersign_store::Database;
use jiff::{SignedDuration, Timestamp};

use super::{
    audit,
    ban::Ban,
    change::{with_role, write_role},
    schema::BANNED,
};
use crate::{
    Entropy,
    features::{
        Ended, NO_FEED, Recorder,
        revocation::{Confirmation, RevokeError, connect_redis, find_user, wait},
        role::ROLE,
    },
    session::{SessionStore, end_all_rows},
    settings::Settings,
};

/// What is to be done to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserChange {
    /// Nobody lets them in: their sessions and tokens end.
    Ban {
        /// Why; `admin.default_ban_reason` where nobody says.
        reason: Option<String>,
        /// For how long; `admin.default_ban_expires_in` where nobody says.
        expires_in: Option<SignedDuration>,
    },
    /// They are let in again.
    Unban,
    /// They have this role, or these with commas between: tokens that were issued before end.
    Role(String),
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserChanged {
    /// When the ban is over; `None` for good, and where there is none.
    pub banned_until: Option<Timestamp>,
    /// How far registered guards are, where they were waited for.
    pub confirmation: Option<Confirmation>,
    /// Why tokens that were issued before stay good until they expire, where they do.
    pub tokens_stay: Option<&'static str>,
}

/// Changes the user with this address or id. With `patience`, waits so long for every registered guard to have taken
/// in what ended by it.
pub async fn change_user(
    settings: &Settings,
    database: &Database,
    user: &str,
    change: UserChange,
    patience: Option<Duration>,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<UserChanged, RevokeError> {
    let column = if matches!(change, UserChange::Role(_)) { &ROLE } else { &BANNED };
    if database.user_columns().iter().all(|one| one.name != column.name()) {
        return Err(RevokeError::NoColumn(column.name()));
    }
    let store = SessionStore::new(settings, database.clone(), connect_redis(settings).await?);
    let user = find_user(database, user).await?;
    let recorder = Recorder::find(settings, database).await?;
    if patience.is_some() && recorder.is_none() {
        return Err(RevokeError::NoFeed);
    }
    let now = clock.now();
    let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let (event, detail, is_end, write, changed) = match &change {
        UserChange::Ban { reason, expires_in } => {
            let end = expires_in.map(|span| now.checked_add(span));
            let end = end.transpose().map_err(|_| RevokeError::TooFarAway)?;
            let ban = Ban::wished(settings.admin.as_ref(), reason.clone(), end, now);
            if !ban.fits(database.dialect()) {
                return Err(RevokeError::TooFarAway);
            }
            let changed = ban.of(user.clone(), now);
            ("user_banned", ban.reason().to_owned(), true, ban.write(&user.id, now), changed)
        }
        UserChange::Unban => {
            let changed = Ban::None.of(user.clone(), now);
            ("user_unbanned", String::new(), false, Ban::None.write(&user.id, now), changed)
        }
        UserChange::Role(role) => {
            let changed = with_role(user.clone(), role.clone(), now);
            ("user_role_changed", role.clone(), true, write_role(&user.id, role, now), changed)
        }
    };
    let is_ban = matches!(change, UserChange::Ban { .. });
    // As at the endpoint: if nobody comes to the rest, sessions in Redis are over.
    let shared = if is_ban {
        Some(store.end_all_shared(&user.id, now).await.map_err(RevokeError::NoRedis)?)
    } else {
        None
    };
    let mut transaction = database.begin().await?;
    // In the order of everybody who ends something: sessions first, the head of the sequence last.
    let mut ended = Vec::new();
    if is_ban {
        ended = end_all_rows(settings, &store, &mut transaction, &user.id, clock).await?;
    }
    if transaction.execute(&write).await? == 0 {
        return Err(RevokeError::NoSuchUser(user.email));
    }
    if is_end {
        ended.push(Ended::Rights { user_id: user.id.clone() });
    }
    let mut place = None;
    if let Some(recorder) = recorder {
        place = recorder.record(&mut transaction, &ended, &|| clock.now(), entropy).await?;
    }
    transaction.commit().await?;
    audit::changed(event, &user.id, "the command line", &detail);
    if let Some(shared) = shared {
        store.forget_shared(shared, now).await;
        // One more may have begun until the ban could be read.
        let mut transaction = database.begin().await?;
        let ended = end_all_rows(settings, &store, &mut transaction, &user.id, clock).await?;
        if let Some(recorder) = recorder {
            let later = recorder.record(&mut transaction, &ended, &|| clock.now(), entropy).await?;
            place = later.or(place);
        }
        transaction.commit().await?;
        let shared = store.end_all_shared(&user.id, clock.now()).await?;
        store.forget_shared(shared, now).await;
    } else {
        store.copy_user(&changed, now).await?;
    }
    let confirmation = match (place, patience) {
        (Some(place), Some(patience)) => {
            Some(wait(settings, database, &place, patience, clock).await?)
        }
        _ => None,
    };
    let tokens_stay = (is_end && recorder.is_none()).then_some(NO_FEED);
    Ok(UserChanged { banned_until: Ban::end_of(&changed), confirmation, tokens_stay })
}
