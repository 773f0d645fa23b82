//! Sessions in Redis, under Better Auth's keys.
//!
//! | Key | Value | Until |
//! |---|---|---|
//! | `<token>` | `{"session":{…},"user":{…}}` | the session is over |
//! | `active-sessions-<user id>` | `[{"token","expiresAt":<ms>}]`, the first to end first | the last one is over |
//! | `revoked-sessions-before-<user id>` | milliseconds: what began before is over | no such session can be left |

use std::collections::HashSet;

use countersign_kv::{Redis, RedisError};
use countersign_store::{AdditionalColumns, Database, sessions::Session, users::User};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::wire::{MemberOrder, SessionAndUser, SessionBody, UserBody, session_of, user_of};

/// Sessions of users, in Redis.
pub(super) struct RedisSessions {
    redis: Redis,
    /// How long it is remembered that all sessions of a user were ended.
    memory: SignedDuration,
    /// In which order members of a session are written.
    order: MemberOrder,
    /// The columns that features added to users.
    of_users: AdditionalColumns,
    /// And to sessions.
    of_sessions: AdditionalColumns,
}

/// What Redis knows of a token.
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// A session that was ended with all others of its user, or something that is none.
    Revoked,
    /// A session.
    Session(Box<Session>, Box<User>),
    /// A session whose user was copied before a feature added its columns: of what they say, the copy says nothing.
    OfOlderUser(Box<Session>),
}

#[derive(Deserialize)]
struct Stored {
    session: Map<String, Value>,
    user: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct Active {
    token: String,
    #[serde(rename = "expiresAt")]
    expires_at: f64,
}

impl RedisSessions {
    pub(super) fn new(
        redis: Redis,
        expires_in: SignedDuration,
        order: MemberOrder,
        database: &Database,
    ) -> Self {
        let memory = expires_in.max(SignedDuration::from_hours(24));
        let of_users = database.additional_columns();
        let of_sessions = database.session_additional_columns();
        Self { redis, memory, order, of_users, of_sessions }
    }

    pub(super) async fn ping(&self) -> Result<(), RedisError> {
        self.redis.ping().await
    }

    pub(super) async fn find(&self, token: &str) -> Result<Found, RedisError> {
        let Some(text) = self.redis.get(token).await? else { return Ok(Found::Nothing) };
        let Some((session, user)) =
            self.parsed(&text).filter(|(session, _)| session.token == token)
        else {
            return Ok(Found::Revoked);
        };
        if self.is_revoked(&session).await? {
            return Ok(Found::Revoked);
        }
        let session = Box::new(session);
        Ok(match user {
            Some(user) => Found::Session(session, Box::new(user)),
            None => Found::OfOlderUser(session),
        })
    }

    pub(super) async fn insert(
        &self,
        session: &Session,
        user: &User,
        now: Timestamp,
    ) -> Result<(), RedisError> {
        let ends = session.expires_at.as_millisecond();
        let list = active_key(&session.user_id);
        self.redis
            .update_list(&list, Some((&session.token, ends)), &[], now.as_millisecond())
            .await?;
        self.redis.set(&session.token, &self.text_of(session, user), seconds(session, now)).await
    }

    /// `false` when the session is gone.
    pub(super) async fn replace(
        &self,
        session: &Session,
        user: &User,
        now: Timestamp,
    ) -> Result<bool, RedisError> {
        let text = self.text_of(session, user);
        if !self.redis.replace(&session.token, &text, seconds(session, now)).await? {
            return Ok(false);
        }
        let ends = session.expires_at.as_millisecond();
        let list = active_key(&session.user_id);
        self.redis
            .update_list(&list, Some((&session.token, ends)), &[], now.as_millisecond())
            .await?;
        Ok(true)
    }

    pub(super) async fn end(&self, token: &str, now: Timestamp) -> Result<(), RedisError> {
        let owner = self.redis.get(token).await?.and_then(|text| self.parsed(&text));
        let Some((session, _)) = owner.filter(|(session, _)| session.token == token) else {
            return Ok(());
        };
        self.redis.delete(&[token]).await?;
        let list = active_key(&session.user_id);
        self.redis.update_list(&list, None, &[token], now.as_millisecond()).await
    }

    /// None of the sessions counts that a user has at this moment; their tokens, for [`forget`](Self::forget).
    pub(super) async fn end_all(
        &self,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Vec<String>, RedisError> {
        let tokens = self.active(user_id, now).await?;
        let before = format!("revoked-sessions-before-{user_id}");
        self.redis.raise(&before, now.as_millisecond(), self.memory.as_secs()).await?;
        Ok(tokens)
    }

    pub(super) async fn end_others(
        &self,
        user_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<(), RedisError> {
        let mut tokens = self.active(user_id, now).await?;
        tokens.retain(|other| other != token);
        self.forget(user_id, &tokens, now).await
    }

    pub(super) async fn list(
        &self,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Vec<Session>, RedisError> {
        let mut sessions = Vec::new();
        for token in self.active(user_id, now).await? {
            if let Found::Session(session, _) | Found::OfOlderUser(session) =
                self.find(&token).await?
                && session.user_id == user_id
                && session.expires_at > now
            {
                sessions.push(*session);
            }
        }
        Ok(sessions)
    }

    pub(super) async fn user_changed(&self, user: &User, now: Timestamp) -> Result<(), RedisError> {
        for session in self.list(&user.id, now).await? {
            let text = self.text_of(&session, user);
            self.redis.replace(&session.token, &text, seconds(&session, now)).await?;
        }
        Ok(())
    }

    fn text_of(&self, session: &Session, user: &User) -> String {
        let (session, user) = (SessionBody::from(session), UserBody::from(user));
        let both = SessionAndUser { session, user };
        self.order.both(&both).unwrap_or_default().to_string()
    }

    /// The session, and its user if the copy has every column of theirs.
    fn parsed(&self, text: &str) -> Option<(Session, Option<User>)> {
        let Stored { session, user } = serde_json::from_str(text).ok()?;
        let session = session_of(&session, &self.of_sessions)?;
        let is_whole = self.of_users.iter().all(|(name, _)| user.contains_key(name));
        let user = user_of(&user, &self.of_users)?;
        (session.user_id == user.id).then(|| (session, Some(user).filter(|_| is_whole)))
    }

    async fn is_revoked(&self, session: &Session) -> Result<bool, RedisError> {
        let before = format!("revoked-sessions-before-{}", session.user_id);
        let before = self.redis.get(&before).await?.and_then(|text| text.parse::<i64>().ok());
        Ok(before.is_some_and(|before| session.created_at.as_millisecond() < before))
    }

    /// The tokens of a user's sessions that are not over, the first to end first.
    async fn active(&self, user_id: &str, now: Timestamp) -> Result<Vec<String>, RedisError> {
        let text = self.redis.get(&active_key(user_id)).await?.unwrap_or_default();
        let active: Vec<Active> = serde_json::from_str(&text).unwrap_or_default();
        let mut seen = HashSet::new();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds fit for 285 000 years")]
        let now = now.as_millisecond() as f64;
        let live = active.into_iter().filter(|active| active.expires_at > now);
        Ok(live.map(|active| active.token).filter(|token| seen.insert(token.clone())).collect())
    }

    /// Clears sessions away that ended.
    pub(super) async fn forget(
        &self,
        user_id: &str,
        tokens: &[String],
        now: Timestamp,
    ) -> Result<(), RedisError> {
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        self.redis.delete(&tokens).await?;
        self.redis.update_list(&active_key(user_id), None, &tokens, now.as_millisecond()).await
    }
}

fn active_key(user_id: &str) -> String {
    format!("active-sessions-{user_id}")
}

/// Seconds until the session is over.
fn seconds(session: &Session, now: Timestamp) -> i64 {
    session.expires_at.duration_since(now).as_secs().max(0)
}
