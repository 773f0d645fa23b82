//! The name of one use of a token, under which the auth server is asked.
//!
//! Asked again by the same name it gives the same answer. So a name to which no clear answer came is kept, and
//! the next request with that token goes on with it: what was spent in vain is not lost. Of requests at the same
//! time each has a name of its own; where several were left without an answer, each is kept.
//!
//! A name is that of one process. One that is forked has copies of what was open, which it must not use: the token
//! would count in both.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use super::Name;
use crate::{calls::unforeseen, process::Process};

/// More that are open at once are given up: those tokens have to be asked for anew.
const MOST: usize = 10_000;

/// Attempts without an answer.
pub(super) struct Open(Mutex<Own>);

struct Own {
    process: Process,
    /// When the token ends, by token and attempt.
    attempts: BTreeMap<(Name, String), Timestamp>,
}

/// An attempt under way. Whatever becomes of its request, it is open again unless it was answered.
pub(super) struct Attempt<'o> {
    open: &'o Open,
    name: &'o Name,
    ends_at: Timestamp,
    now: Timestamp,
    /// `None` when it is answered.
    text: Option<String>,
}

impl Open {
    /// With nothing open.
    pub(super) fn of_this_process() -> Self {
        Self(Mutex::new(Own::new()))
    }

    /// Takes up an attempt that is open for this token, or begins one.
    pub(super) fn attempt<'o>(
        &'o self,
        name: &'o Name,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Attempt<'o> {
        let text = self.own().take(name).unwrap_or_else(|| unforeseen().simple().to_string());
        Attempt { open: self, name, ends_at, now, text: Some(text) }
    }

    /// Whether an attempt is open for this token.
    pub(super) fn has(&self, name: &Name) -> bool {
        self.own().first(name).is_some()
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !own.process.is_current() {
            *own = Own::new();
        }
        own
    }
}

impl Own {
    fn new() -> Self {
        Self { process: Process::current(), attempts: BTreeMap::new() }
    }

    fn first(&self, name: &Name) -> Option<&(Name, String)> {
        let from = (name.clone(), String::new());
        self.attempts.range(from..).next().map(|(key, _)| key).filter(|key| key.0 == *name)
    }

    fn take(&mut self, name: &Name) -> Option<String> {
        let key = self.first(name)?.clone();
        self.attempts.remove(&key);
        Some(key.1)
    }
}

impl Attempt<'_> {
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// There is a clear answer.
    pub(super) fn answered(mut self) {
        self.text = None;
    }

    /// It was answered that the token counts for another one: the next that is open, which may be that one.
    pub(super) fn next(mut self) -> Option<Self> {
        self.text = self.open.own().take(self.name);
        self.text.is_some().then_some(self)
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let Some(text) = self.text.take() else { return };
        let mut own = self.open.own();
        if own.attempts.len() >= MOST {
            own.attempts.retain(|_, ends_at| *ends_at > self.now);
        }
        if own.attempts.len() < MOST {
            own.attempts.insert((self.name.clone(), text), self.ends_at);
        }
    }
}
