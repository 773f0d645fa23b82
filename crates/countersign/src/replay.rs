//! Tokens that may be used once, on the routes that ask for it (RFC 8725 §3.10 and the seeds' replay
//! guard): the first request with a token's `jti` passes, every later one is refused.
//!
//! A spent name is kept until its token has expired, leeway included. There is room for a fixed number of
//! names; when it is used up, requests are refused with 503 rather than names forgotten. Names are those
//! of an issuer: equal `jti` of two issuers are two names. A clock that jumped ahead and was set back may
//! have had names forgotten that still count; tokens that end before that moment are refused with 503, too.
//! One lock, held for a look-up.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::{identity::Identity, refusal::Refusal};

/// How many spent tokens are remembered unless [`GuardBuilder::spent_tokens`] says otherwise.
///
/// [`GuardBuilder::spent_tokens`]: crate::GuardBuilder::spent_tokens
pub const DEFAULT_SPENT_TOKENS: usize = 100_000;

pub(crate) struct Replays {
    room: usize,
    spent: Mutex<Spent>,
}

#[derive(Default)]
struct Spent {
    /// Until when a name has to be remembered, by issuer and `jti`.
    names: HashMap<(Box<str>, Box<str>), Timestamp>,
    /// Before this there is nothing to forget.
    first_ends_at: Option<Timestamp>,
    /// Names that ended up to here were forgotten.
    forgotten_up_to: Option<Timestamp>,
}

impl Replays {
    pub(crate) fn with_room_for(room: usize) -> Self {
        Self { room, spent: Mutex::default() }
    }

    /// Spends the token. `leeway` is that of the policy it was verified with.
    pub(crate) fn spend(
        &self,
        identity: &Identity,
        leeway: SignedDuration,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let claims = identity.claims().ok_or(Refusal::NotSpendable)?;
        let jti = claims.token_id().ok_or(Refusal::NotSpendable)?;
        let ends_at = claims.expires_at().saturating_add(leeway).unwrap_or(Timestamp::MAX);
        let name = (Box::from(identity.issuer()), Box::from(jti));
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.names.contains_key(&name) {
            return Err(Refusal::Replayed);
        }
        if spent.names.len() >= self.room {
            spent.forget_ended(now);
        }
        let may_be_forgotten = spent.forgotten_up_to.is_some_and(|moment| ends_at <= moment);
        if may_be_forgotten || spent.names.len() >= self.room {
            return Err(Refusal::ReplaysFull);
        }
        spent.names.insert(name, ends_at);
        let first = spent.first_ends_at.map_or(ends_at, |first| first.min(ends_at));
        spent.first_ends_at = Some(first);
        Ok(())
    }
}

impl Spent {
    fn forget_ended(&mut self, now: Timestamp) {
        if self.first_ends_at.is_none_or(|first| first > now) {
            return;
        }
        self.names.retain(|_, ends_at| *ends_at > now);
        self.forgotten_up_to = self.forgotten_up_to.max(Some(now));
        self.first_ends_at = self.names.values().min().copied();
    }
}
