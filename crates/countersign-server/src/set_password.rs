//! A password for a user who has none, set by the operator: Better Auth's `setPassword`, which no
//! client can call.

use countersign_jwt::Clock;
use countersign_kv::{Redis, RedisError};
use countersign_store::{
    Database, StoreError,
    accounts::{self, CredentialAccount},
    users,
};

use crate::{
    Entropy,
    entropy::new_id,
    features::{Ended, Recorder},
    password::HashingPool,
    session::{SessionStore, end_all_rows},
    settings::Settings,
};

/// Why a password is not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetPasswordError {
    /// Nobody has this address.
    #[error("no user has the address {0}")]
    NoSuchUser(String),
    /// There is a password.
    #[error("{0} has a password already; with --replace it is replaced and all sessions end")]
    AlreadySet(String),
    /// One of those that nobody may choose.
    #[error("the password is in the list that password.refused_file names; choose another one")]
    Refused,
    /// Too short or too long.
    #[error("the password has {length} characters; from {least} to {most} are allowed")]
    Length {
        /// How many it has.
        length: usize,
        /// `password.min_length`.
        least: usize,
        /// `password.max_length`.
        most: usize,
    },
    /// It could not be hashed.
    #[error(
        "the password could not be hashed, and nothing was changed: that takes 32 MiB of memory; do it again when \
         they are free"
    )]
    NotHashed,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Redis, which has the sessions that end, did not answer before anything was done.
    #[error("{0}; nothing was changed: do it again when Redis answers")]
    NoRedis(RedisError),
    /// Redis did not answer after the database was written.
    #[error(
        "{0}; the password is set, and sessions that are in Redis go on until they are over: do it again when Redis \
         answers, and they end"
    )]
    Redis(#[from] RedisError),
    /// The threads that hash passwords could not be started.
    #[error("cannot start the threads that hash passwords: {0}")]
    Threads(#[from] std::io::Error),
}

/// Sets the password of the user with this address. `replace` says that there may be one already;
/// then every session of the user ends, and so do their tokens.
pub async fn set_password(
    settings: &Settings,
    database: &Database,
    email: &str,
    password: &str,
    replace: bool,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<(), SetPasswordError> {
    let rules = &settings.password;
    let length = password.encode_utf16().count();
    if !(rules.min_length..=rules.max_length).contains(&length) {
        let (least, most) = (rules.min_length, rules.max_length);
        return Err(SetPasswordError::Length { length, least, most });
    }
    if rules.refused.hold(password) {
        return Err(SetPasswordError::Refused);
    }
    let user = users::find_by_email(database, email).await?;
    let user = user.ok_or_else(|| SetPasswordError::NoSuchUser(email.to_owned()))?;
    let stored = accounts::password_of(database, &user.id).await?;
    if stored.is_some_and(|stored| !stored.is_empty()) && !replace {
        return Err(SetPasswordError::AlreadySet(email.to_owned()));
    }
    let hashing = HashingPool::start(rules, None)?;
    let slot = hashing.slot().map_err(|_| SetPasswordError::NotHashed)?;
    let hash = slot.hash(password, entropy).await.map_err(|_| SetPasswordError::NotHashed)?;

    let redis = match &settings.redis {
        Some(redis) if replace => {
            let connected = Redis::connect(&redis.url, &redis.key_prefix).await;
            Some(connected.map_err(SetPasswordError::NoRedis)?)
        }
        _ => None,
    };
    let sessions = SessionStore::new(settings, database.clone(), redis);
    let recorder = Recorder::find(settings, database).await?;
    let mut transaction = database.begin().await?;
    // In the order of everybody who ends something: sessions first, the head of the sequence last.
    let mut ended = Vec::new();
    if replace {
        ended = end_all_rows(settings, &sessions, &mut transaction, &user.id, clock).await?;
        ended.push(Ended::User { id: user.id.clone() });
    }
    let now = clock.now();
    if transaction.execute(&accounts::set_password(&user.id, &hash, now)).await? == 0 {
        let account = CredentialAccount {
            id: &new_id(database, "account", entropy),
            user_id: &user.id,
            password_hash: &hash,
            created_at: now,
        };
        transaction.execute(&accounts::insert_credential(&account)).await?;
    }
    if let Some(recorder) = recorder {
        recorder.record(&mut transaction, &ended, &|| clock.now(), entropy).await?;
    }
    transaction.commit().await?;
    if replace {
        let now = clock.now();
        let ended = sessions.end_all_shared(&user.id, now).await?;
        sessions.forget_shared(ended, now).await;
    }
    Ok(())
}
