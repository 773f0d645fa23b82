//! Where sessions are: in the table `session`, in Redis, or in both.
//!
//! | Settings | Table | Redis |
//! |---|---|---|
//! | no Redis | all sessions | |
//! | Redis | none | all sessions |
//! | and `session.store_in_database` | all sessions | a copy that is asked first |
//! | and `session.preserve_in_database` | all there ever were | all sessions |
//!
//! Redis that is away is an error, never "no session". Whatever is stored, no session is found to end later
//! than `session.absolute_lifetime` lets it.

mod redis;

use std::borrow::Cow;

use countersign_kv::{Redis, RedisError};
use countersign_store::{
    Database, Dialect, Statement, StoreError, Transaction,
    sessions::{self, Session},
    sql::{DeleteStatement, UpdateStatement, Value},
    users::{self, User},
};
use jiff::{SignedDuration, Timestamp};

use self::redis::RedisSessions;
use crate::{
    settings::{SessionRows, SessionSettings, Settings},
    wire::{ApiError, MemberOrder},
};

/// Where sessions are.
pub(crate) struct SessionStore {
    database: Database,
    redis: Option<RedisSessions>,
    in_database: bool,
    preserved: bool,
    settings: SessionSettings,
}

impl SessionStore {
    pub(crate) fn new(settings: &Settings, database: Database, redis: Option<Redis>) -> Self {
        let rows = settings.redis.as_ref().map(|redis| redis.rows);
        let in_database = rows != Some(SessionRows::No);
        let expires_in = settings.session.expires_in;
        let open = |redis| RedisSessions::new(redis, expires_in, order_of(in_database), &database);
        let (redis, preserved) = (redis.map(open), rows == Some(SessionRows::All));
        Self { database, redis, in_database, preserved, settings: settings.session }
    }

    /// Whether Redis answers, where there is one.
    pub(crate) async fn check(&self) -> Result<(), RedisError> {
        match &self.redis {
            Some(redis) => redis.ping().await,
            None => Ok(()),
        }
    }

    /// In which order Better Auth shows the members of sessions from here.
    pub(crate) fn member_order(&self) -> MemberOrder {
        order_of(self.in_database)
    }

    /// The session with this token, and its user. Sessions that are over may be found, too.
    pub(crate) async fn find(&self, token: &str) -> Result<Option<(Session, User)>, ApiError> {
        let found = self.find_stored(token).await?;
        Ok(found.map(|(session, user)| (self.limited(session), user)))
    }

    async fn find_stored(&self, token: &str) -> Result<Option<(Session, User)>, ApiError> {
        if let Some(redis) = &self.redis {
            match redis.find(token).await? {
                redis::Found::Session(session, user) => return Ok(Some((*session, *user))),
                redis::Found::OfOlderUser(session) => {
                    let user = users::find_by_id(&self.database, &session.user_id).await?;
                    return Ok(user.map(|user| (*session, user)));
                }
                redis::Found::Revoked => return Ok(None),
                redis::Found::Nothing if !self.has_copies() => return Ok(None),
                redis::Found::Nothing => {}
            }
        }
        Ok(sessions::find_by_token(&self.database, token).await?)
    }

    /// The row of the session with this token, where sessions have rows, whatever Redis says of it.
    pub(crate) async fn find_row(&self, token: &str) -> Result<Option<Session>, StoreError> {
        if !self.in_database {
            return Ok(None);
        }
        let found = sessions::find_by_token(&self.database, token).await?;
        Ok(found.map(|(session, _)| session))
    }

    /// Adds a session that belongs to nothing else that is written.
    pub(crate) async fn insert(&self, session: &mut Session, user: &User) -> Result<(), ApiError> {
        if self.in_database {
            let row = sessions::insert(session);
            self.database.insert("session", &row, &mut session.id).await?;
        }
        self.share(session, user).await
    }

    /// Adds the row of a session, where sessions have one, in a transaction. When that is done comes
    /// [`share`](Self::share).
    pub(crate) async fn insert_row(
        &self,
        transaction: &mut Transaction,
        session: &mut Session,
    ) -> Result<(), StoreError> {
        if !self.in_database {
            return Ok(());
        }
        let row = sessions::insert(session);
        transaction.insert("session", &row, &mut session.id).await
    }

    /// Puts a session into Redis, where there is one. Who ended it since its row was written found nothing to end
    /// in Redis: then it ends here.
    pub(crate) async fn share(&self, session: &Session, user: &User) -> Result<(), ApiError> {
        let Some(redis) = &self.redis else { return Ok(()) };
        redis.insert(session, user, session.created_at).await?;
        if self.in_database && !self.has_whole_row(session).await? {
            redis.end(&session.token, session.created_at).await?;
        }
        Ok(())
    }

    /// Whether the row of a session is there and ends when the session does. Some databases round.
    async fn has_whole_row(&self, session: &Session) -> Result<bool, StoreError> {
        let end = session.expires_at - SignedDuration::from_secs(1);
        sessions::is_live(&self.database, &session.user_id, &session.id, end).await
    }

    /// Moves the end of a session; `false` when it is gone. Where Redis has copies, it may have lost this one.
    pub(crate) async fn extend(&self, session: &Session, user: &User) -> Result<bool, ApiError> {
        let now = session.updated_at;
        if self.in_database {
            let extend = sessions::extend(&session.token, session.expires_at, now);
            if self.database.execute(&extend).await? == 0 {
                return Ok(false);
            }
        }
        let Some(redis) = &self.redis else { return Ok(true) };
        let is_there = redis.replace(session, user, now).await?;
        Ok(is_there || self.has_copies())
    }

    /// Whether what is in Redis are copies of rows.
    fn has_copies(&self) -> bool {
        self.in_database && !self.preserved
    }

    /// Whether sessions have rows, those that are alive at least.
    pub(crate) fn have_rows(&self) -> bool {
        self.in_database
    }

    /// Takes a session away whose time is over.
    pub(crate) async fn clear(&self, token: &str, now: Timestamp) -> Result<(), ApiError> {
        if let Some(row) = self.end_row(token, now) {
            self.database.execute(&row).await?;
        }
        Ok(self.end_shared(token, now).await?)
    }

    /// What ends the row of one session, where sessions have rows, for a transaction. When that is done
    /// comes [`end_shared`](Self::end_shared).
    pub(crate) fn end_row(&self, token: &str, now: Timestamp) -> Option<EndRows> {
        if self.preserved {
            return Some(EndRows::Keep(sessions::end_row(token, now)));
        }
        self.in_database.then(|| EndRows::Delete(sessions::delete(token)))
    }

    /// Ends one session in Redis, where there is one.
    pub(crate) async fn end_shared(&self, token: &str, now: Timestamp) -> Result<(), RedisError> {
        match &self.redis {
            Some(redis) => redis.end(token, now).await,
            None => Ok(()),
        }
    }

    /// Whether a user has a live session with this id.
    pub(crate) async fn is_live(
        &self,
        user_id: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<bool, ApiError> {
        match &self.redis {
            Some(redis) if !self.has_copies() => {
                let sessions = redis.list(user_id, now).await?;
                Ok(sessions.iter().any(|session| session.id == id))
            }
            _ => Ok(sessions::is_live(&self.database, user_id, id, now).await?),
        }
    }

    /// Ends every session of a user in Redis, where there is one. It comes before what cannot be done again: if it
    /// fails, nothing has happened. After that comes [`forget_shared`](Self::forget_shared).
    pub(crate) async fn end_all_shared(
        &self,
        user_id: &str,
        now: Timestamp,
    ) -> Result<EndedShared, RedisError> {
        let tokens = match &self.redis {
            Some(redis) => redis.end_all(user_id, now).await?,
            None => Vec::new(),
        };
        Ok(EndedShared { user_id: user_id.to_owned(), tokens })
    }

    /// Clears away what ended in Redis. What is left of it ends by itself, and counts no more.
    pub(crate) async fn forget_shared(&self, ended: EndedShared, now: Timestamp) {
        let Some(redis) = &self.redis else { return };
        if let Err(error) = redis.forget(&ended.user_id, &ended.tokens, now).await {
            tracing::warn!(%error, "sessions that ended are still in Redis, where they count no more");
        }
    }

    /// What ends the rows of the sessions with these tokens, where sessions have rows, for a transaction. When
    /// that is done comes what ends them in Redis.
    pub(crate) fn end_these_rows(&self, tokens: &[&str], now: Timestamp) -> Option<EndRows> {
        if self.preserved {
            return Some(EndRows::Keep(sessions::end_these_rows(tokens, now)));
        }
        self.in_database.then(|| EndRows::Delete(sessions::delete_these(tokens)))
    }

    /// Ends every session of a user but one in Redis, where there is one.
    pub(crate) async fn end_others_shared(
        &self,
        user_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<(), RedisError> {
        match &self.redis {
            Some(redis) => redis.end_others(user_id, token, now).await,
            None => Ok(()),
        }
    }

    /// A user's row changed: copies of it follow.
    pub(crate) async fn user_changed(&self, user: &User, now: Timestamp) -> Result<(), ApiError> {
        Ok(self.copy_user(user, now).await?)
    }

    /// The same, for who says otherwise what Redis could not do.
    pub(crate) async fn copy_user(&self, user: &User, now: Timestamp) -> Result<(), RedisError> {
        match &self.redis {
            Some(redis) => redis.user_changed(user, now).await,
            None => Ok(()),
        }
    }

    /// The sessions of a user that are not over.
    pub(crate) async fn list(
        &self,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Vec<Session>, ApiError> {
        let stored = match &self.redis {
            Some(redis) if !self.has_copies() => redis.list(user_id, now).await?,
            _ => sessions::list_live(&self.database, user_id, now).await?,
        };
        let limited = stored.into_iter().map(|session| self.limited(session));
        Ok(limited.filter(|session| session.expires_at > now).collect())
    }

    fn limited(&self, session: Session) -> Session {
        let expires_at = self.settings.end(session.created_at, session.expires_at);
        Session { expires_at, ..session }
    }
}

/// Sessions that count no more and are still in Redis.
#[must_use = "they are to be cleared away"]
pub(crate) struct EndedShared {
    user_id: String,
    tokens: Vec<String>,
}

/// Ends rows of sessions: deletes them, or keeps them as ended.
pub(crate) enum EndRows {
    Delete(DeleteStatement),
    Keep(UpdateStatement),
}

impl Statement for EndRows {
    fn render(&self, dialect: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        match self {
            Self::Delete(statement) => statement.render(dialect),
            Self::Keep(statement) => statement.render(dialect),
        }
    }
}

fn order_of(in_database: bool) -> MemberOrder {
    if in_database { MemberOrder::Row } else { MemberOrder::Redis }
}
