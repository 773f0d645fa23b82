//! What the command line does: sessions of a user, the end of one, and the end of everything that was
//! issued before a moment.

use std::time::Duration;

use countersign_jwt::Clock;
use countersign_kv::{Redis, RedisError};
use countersign_store::{
    Database, StoreError, revocations, sessions,
    users::{self, User},
};
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    guards::{Confirmation, Wait, wait_for_all},
    head,
    record::{NO_FEED, Place, Recorder},
};
use crate::{
    Entropy,
    entropy::random_id,
    features::Ended,
    session::SessionStore,
    settings::{SessionRows, Settings},
};

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeError {
    /// Nobody has this address or id.
    #[error("no user has the address or id {0}")]
    NoSuchUser(String),
    /// There is no such row.
    #[error(
        "there is no session with the id {0} in the database; `countersign session list USER` lists them"
    )]
    NoSuchSession(String),
    /// Sessions have no rows.
    #[error("sessions are in Redis only; set session.store_in_database to look after them here")]
    OnlyRedis,
    /// What is to be written has no place.
    #[error(
        "user.{0} is not used on this database: set admin.enabled = true, run `countersign migrate apply`, and \
         start the servers again"
    )]
    NoColumn(&'static str),
    /// No calendar has this.
    #[error("the end of the ban is too far away; without --for it has none")]
    TooFarAway,
    /// The feed is off.
    #[error("{NO_FEED}")]
    NoFeed,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Redis, which has sessions, too, did not answer before anything was done.
    #[error("{0}; nothing was taken back: do it again when Redis answers")]
    NoRedis(RedisError),
    /// Redis did not answer after the database was written.
    #[error(
        "{0}; the database says already that it is over, and Redis still has sessions: do it again when Redis \
         answers"
    )]
    Redis(#[from] RedisError),
}

/// A session, without its token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedSession {
    /// Its id, `sid` in tokens.
    pub id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// From where it began.
    pub ip_address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
}

/// The sessions of a user, by address or id, that are not over.
pub async fn list_sessions(
    settings: &Settings,
    database: &Database,
    user: &str,
    now: Timestamp,
) -> Result<Vec<ListedSession>, RevokeError> {
    if !SessionStore::new(settings, database.clone(), None).have_rows() {
        return Err(RevokeError::OnlyRedis);
    }
    let found = find_user(database, user).await?;
    let listed = sessions::list_live(database, &found.id, now).await?.into_iter();
    let listed = listed.map(|session| ListedSession {
        id: session.id,
        created_at: session.created_at,
        expires_at: session.expires_at,
        ip_address: session.ip_address,
        user_agent: session.user_agent,
    });
    Ok(listed.collect())
}

/// The user with this address or id.
pub(in crate::features) async fn find_user(
    database: &Database,
    user: &str,
) -> Result<User, RevokeError> {
    let found = match users::find_by_email(database, user).await? {
        Some(found) => Some(found),
        None => match users::find_by_id(database, user).await {
            // A text that no id here could be.
            Err(StoreError::Refused(_)) => None,
            found => found?,
        },
    };
    found.ok_or_else(|| RevokeError::NoSuchUser(user.to_owned()))
}

/// Ends one session and what was issued in it. With `patience`, waits so long for every registered guard
/// to have taken that in.
pub async fn revoke_session(
    settings: &Settings,
    database: &Database,
    id: &str,
    patience: Option<Duration>,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Option<Confirmation>, RevokeError> {
    let store = SessionStore::new(settings, database.clone(), connect_redis(settings).await?);
    if !store.have_rows() {
        return Err(RevokeError::OnlyRedis);
    }
    let found = sessions::token_and_user_of(database, id).await?;
    let (token, user_id) = found.ok_or_else(|| RevokeError::NoSuchSession(id.to_owned()))?;
    let recorder = Recorder::find(settings, database).await?;
    if patience.is_some() && recorder.is_none() {
        return Err(RevokeError::NoFeed);
    }
    let now = clock.now();
    let mut transaction = database.begin().await?;
    // The row says that it is over, and goes when Redis has ended its copy: whoever has to do it again finds the
    // session by it.
    transaction.execute(&sessions::end_row(&token, now)).await?;
    let mut place = None;
    if let Some(recorder) = recorder {
        let ended = [Ended::Session { id: id.to_owned(), user_id: Some(user_id) }];
        place = recorder.record(&mut transaction, &ended, &|| clock.now(), entropy).await?;
    }
    transaction.commit().await?;
    store.end_shared(&token, now).await?;
    if let Some(row) = store.end_row(&token, now) {
        database.execute(&row).await?;
    }
    match (place, patience) {
        (Some(place), Some(patience)) => {
            Ok(Some(wait(settings, database, &place, patience, clock).await?))
        }
        _ => Ok(None),
    }
}

/// Ends every session that began at a moment or before, and every token that was issued then or before:
/// for a database that was restored from a copy. The sequence goes on under another name: what guards read
/// after the copy was made is not in it. How many users there are.
pub async fn revoke_issued_before(
    settings: &Settings,
    database: &Database,
    moment: Timestamp,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<u64, RevokeError> {
    let recorder = Recorder::find(settings, database).await?.ok_or(RevokeError::NoFeed)?;
    let store = SessionStore::new(settings, database.clone(), connect_redis(settings).await?);
    head::head(database, entropy).await?;
    let mut transaction = database.begin().await?;
    // In the order of everybody who ends something: sessions first, the head of the sequence last.
    if settings.redis.as_ref().is_some_and(|redis| redis.rows == SessionRows::All) {
        transaction.execute(&sessions::end_begun_before(moment, now)).await?;
    } else if store.have_rows() {
        transaction.execute(&sessions::delete_begun_before(moment)).await?;
    }
    let mut all = Vec::new();
    loop {
        let rows = transaction.fetch_all(&users::ids_after(all.last().map(String::as_str))).await?;
        let ids = rows.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, _>>()?;
        if ids.is_empty() {
            break;
        }
        all.extend(ids);
    }
    transaction.execute(&revocations::rename(&random_id(entropy))).await?;
    recorder.record_users(&mut transaction, all.clone(), moment, now, entropy).await?;
    transaction.commit().await?;
    for id in &all {
        let ended = store.end_all_shared(id, now).await?;
        store.forget_shared(ended, now).await;
    }
    Ok(all.len() as u64)
}

/// Redis, where there is one; before anything is done.
pub(in crate::features) async fn connect_redis(
    settings: &Settings,
) -> Result<Option<Redis>, RevokeError> {
    let Some(redis) = &settings.redis else { return Ok(None) };
    let connected = Redis::connect(&redis.url, &redis.key_prefix).await;
    connected.map(Some).map_err(RevokeError::NoRedis)
}

/// Waits until every registered guard has come to this place, or for so long.
pub(in crate::features) async fn wait(
    settings: &Settings,
    database: &Database,
    place: &Place,
    patience: Duration,
    clock: &dyn Clock,
) -> Result<Confirmation, StoreError> {
    let revocation = settings.revocation;
    let (_nobody_tells, written) = watch::channel(());
    let wait = Wait { patience, pause: revocation.poll_interval, written, clock };
    wait_for_all(database, place, revocation.guard_remembered, wait).await
}
