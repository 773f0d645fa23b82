//! What was taken back before its time by this process: tokens, sessions, and everything of a user up to a moment.
//!
//! | Kind | Names | Refuses |
//! |---|---|---|
//! | token id | issuer and `jti` | that token |
//! | token hash | [`TokenHash`] of the token | that token, also when it has no `jti` |
//! | session | issuer and `sid` | every token of the session, and its cookies |
//! | user | issuer, `sub`, and a moment | every token issued at the moment or before, or without `iat`; cookies of sessions that began then or before |
//!
//! A call that returned holds: every later decision of a guard with these revocations knows it. Nothing
//! is ever evicted to make room. An entry is forgotten when no token it could refuse can still be valid:
//! [`DEFAULT_KEPT`] after it was made, and 25 hours later than that, so that a clock that jumps a day ahead
//! and is set back loses nothing.
//!
//! Names are kept as 64-bit hashes with a secret of this process, an entry of 16 bytes; with a million
//! entries the odds that a good token is taken for a revoked one are 1 in 10¹³. Decisions take a read
//! lock of one of 64 shards, and none at all while nothing was revoked since the token was last decided
//! about.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use countersign_jwt::{Claims, DEFAULT_MAX_LIFETIME, MAX_LEEWAY, TokenHash};
use jiff::{SignedDuration, Timestamp};

use crate::cookies::CookieSession;

const SHARDS: usize = 64;

/// How long an entry is kept unless [`Revocations::kept_for`] says otherwise: as long as a token may
/// live by default, and the largest leeway.
pub const DEFAULT_KEPT: SignedDuration =
    SignedDuration::from_secs(DEFAULT_MAX_LIFETIME.as_secs() + MAX_LEEWAY.as_secs());

/// How far ahead a clock may have been by mistake.
const CLOCK_ERROR: SignedDuration = SignedDuration::from_hours(25);

/// Between two looks for entries to forget.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Revocations in memory. A clone is cheap and shares the entries: keep one to revoke with, and give one
/// to the guard.
#[derive(Clone)]
pub struct Revocations(Arc<Inner>);

/// By what a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revoked {
    /// Its `jti`.
    Token,
    /// Its hash.
    TokenHash,
    /// Its session.
    Session,
    /// Its user, and when it was issued.
    User,
}

impl Revoked {
    /// A stable word for the log.
    pub fn cause(self) -> &'static str {
        match self {
            Self::Token => "revoked_token",
            Self::TokenHash => "revoked_token_hash",
            Self::Session => "revoked_session",
            Self::User => "revoked_user",
        }
    }
}

struct Inner {
    kept: SignedDuration,
    secret: RandomState,
    /// Counts what was revoked. Even an entry that changes nothing counts.
    generation: AtomicU64,
    /// Whether a token was ever revoked by its hash; hashing every token otherwise would be for nothing.
    by_hash: AtomicBool,
    shards: [RwLock<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    entries: HashMap<u64, Entry>,
    swept_at: Option<Timestamp>,
}

/// Seconds since 1970; 32 bits reach into the year 2106.
#[derive(Clone, Copy)]
struct Entry {
    /// Tokens issued later than this are not meant.
    up_to: u32,
    forget_after: u32,
}

/// What kind of name was hashed: equal names of two kinds are different entries.
#[derive(Clone, Copy, Hash)]
enum Kind {
    Token,
    Hash,
    Session,
    User,
}

impl Default for Revocations {
    fn default() -> Self {
        Self::kept_for(DEFAULT_KEPT)
    }
}

impl Revocations {
    /// Entries are kept for so long, and 25 hours. At least as long as any token may live, leeway included:
    /// [`GuardBuilder::build`](crate::GuardBuilder::build) refuses less.
    pub fn kept_for(kept: SignedDuration) -> Self {
        Self(Arc::new(Inner {
            kept,
            secret: RandomState::new(),
            generation: AtomicU64::new(0),
            by_hash: AtomicBool::new(false),
            shards: std::array::from_fn(|_| RwLock::default()),
        }))
    }

    /// Ends one token of an issuer by its `jti`.
    pub fn revoke_token(&self, issuer: &str, jti: &str, now: Timestamp) {
        self.insert(Kind::Token, issuer, jti.as_bytes(), u32::MAX, now);
    }

    /// Ends one token, whoever issued it, by its hash: for tokens without `jti`, as Better Auth makes.
    pub fn revoke_token_hash(&self, hash: &TokenHash, now: Timestamp) {
        self.0.by_hash.store(true, Ordering::Release);
        self.insert(Kind::Hash, "", hash.as_bytes(), u32::MAX, now);
    }

    /// Ends all tokens of a session of an issuer.
    pub fn revoke_session(&self, issuer: &str, session: &str, now: Timestamp) {
        self.insert(Kind::Session, issuer, session.as_bytes(), u32::MAX, now);
    }

    /// Ends all tokens of a user of an issuer that were issued at `up_to` or before. Tokens that say not
    /// when they were issued end, too. A later call with an earlier moment takes nothing back.
    pub fn revoke_user(&self, issuer: &str, subject: &str, up_to: Timestamp, now: Timestamp) {
        self.insert(Kind::User, issuer, subject.as_bytes(), seconds(up_to), now);
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.shards.iter().map(|shard| read(shard).entries.len()).sum()
    }

    /// Whether nothing is revoked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets entries whose time has come, now. They are also forgotten little by little whenever
    /// something is revoked.
    pub fn sweep(&self, now: Timestamp) {
        for shard in &self.0.shards {
            write(shard).sweep(now);
        }
    }

    /// How long entries are kept, without the 25 hours for clocks.
    pub(crate) fn kept(&self) -> SignedDuration {
        self.0.kept
    }

    /// Changes with every revocation, before the call that revokes returns.
    pub(crate) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Whether a verified token is revoked, and by what.
    pub(crate) fn find(&self, issuer: &str, claims: &Claims, token: &str) -> Option<Revoked> {
        if self.generation() == 0 {
            return None;
        }
        let issued_at = claims.issued_at().map_or(0, seconds);
        let ended = |kind, issuer: &str, name: &[u8]| {
            self.entry(kind, issuer, name).is_some_and(|entry| issued_at <= entry.up_to)
        };
        if claims.token_id().is_some_and(|jti| ended(Kind::Token, issuer, jti.as_bytes())) {
            return Some(Revoked::Token);
        }
        if claims.session().is_some_and(|sid| ended(Kind::Session, issuer, sid.as_bytes())) {
            return Some(Revoked::Session);
        }
        if ended(Kind::User, issuer, claims.subject().as_bytes()) {
            return Some(Revoked::User);
        }
        if !self.0.by_hash.load(Ordering::Acquire) {
            return None;
        }
        let hash = TokenHash::of(token).ok()?;
        ended(Kind::Hash, "", hash.as_bytes()).then_some(Revoked::TokenHash)
    }

    /// Whether the session of a cookie is revoked, and by what.
    pub(crate) fn find_session(&self, issuer: &str, session: &CookieSession) -> Option<Revoked> {
        if self.entry(Kind::Session, issuer, session.session_id().as_bytes()).is_some() {
            return Some(Revoked::Session);
        }
        let user = self.entry(Kind::User, issuer, session.user_id().as_bytes())?;
        (seconds(session.created_at()) <= user.up_to).then_some(Revoked::User)
    }

    fn entry(&self, kind: Kind, issuer: &str, name: &[u8]) -> Option<Entry> {
        let key = self.key(kind, issuer, name);
        read(self.shard(key)).entries.get(&key).copied()
    }

    fn insert(&self, kind: Kind, issuer: &str, name: &[u8], up_to: u32, now: Timestamp) {
        let key = self.key(kind, issuer, name);
        let forget_after = seconds(now.saturating_add(self.0.kept + CLOCK_ERROR).unwrap_or(now));
        {
            let mut shard = write(self.shard(key));
            shard.sweep_sometimes(now);
            let entry = shard.entries.entry(key).or_insert(Entry { up_to, forget_after });
            entry.up_to = entry.up_to.max(up_to);
            entry.forget_after = entry.forget_after.max(forget_after);
        }
        self.0.generation.fetch_add(1, Ordering::Release);
    }

    fn key(&self, kind: Kind, issuer: &str, name: &[u8]) -> u64 {
        self.0.secret.hash_one((kind, issuer, name))
    }

    fn shard(&self, key: u64) -> &RwLock<Shard> {
        // The lower bits choose the place within the shard.
        let index = usize::try_from(key >> 58).unwrap_or_default();
        &self.0.shards[index % SHARDS]
    }
}

impl Shard {
    fn sweep_sometimes(&mut self, now: Timestamp) {
        let due = self.swept_at.is_none_or(|at| now.duration_since(at) >= SWEEP_EVERY);
        if due {
            self.sweep(now);
        }
    }

    fn sweep(&mut self, now: Timestamp) {
        self.swept_at = Some(now);
        let now = seconds(now);
        self.entries.retain(|_, entry| entry.forget_after >= now);
    }
}

/// Whole seconds, from 1970 to 2106.
pub(crate) fn seconds(time: Timestamp) -> u32 {
    u32::try_from(time.as_second().max(0)).unwrap_or(u32::MAX)
}

/// Nothing panics while it holds a lock, so a poisoned one is as good as any.
fn read(shard: &RwLock<Shard>) -> std::sync::RwLockReadGuard<'_, Shard> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shard: &RwLock<Shard>) -> std::sync::RwLockWriteGuard<'_, Shard> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}
