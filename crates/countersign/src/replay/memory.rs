//! The names of spent tokens, in the memory of this process.
//!
//! A spent name is kept until its token has expired, leeway included. There is room for a fixed number of
//! names; when it is used up, requests are refused with 503 rather than names forgotten. A clock that jumped
//! ahead and was set back may have had names forgotten that still count; tokens that end before that moment
//! are refused with 503, too. One lock, held for a look-up.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::Name;
use crate::refusal::Refusal;

pub(super) struct Memory {
    room: usize,
    spent: Mutex<Spent>,
}

#[derive(Default)]
struct Spent {
    /// Until when a name has to be remembered.
    names: HashMap<Name, Timestamp>,
    /// Before this there is nothing to forget.
    first_ends_at: Option<Timestamp>,
    /// Names that ended up to here were forgotten.
    forgotten_up_to: Option<Timestamp>,
}

impl Memory {
    pub(super) fn with_room_for(room: usize) -> Self {
        Self { room, spent: Mutex::default() }
    }

    /// Whether the name is known to be spent.
    pub(super) fn knows(&self, name: &Name) -> bool {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.names.contains_key(name)
    }

    /// Spends a name that has to be remembered until its token ends.
    pub(super) fn spend(
        &self,
        name: Name,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Refusal> {
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
