//! The name of one use of a token, under which the auth server is asked.
//!
//! Asked again by the same name it gives the same answer. So a name to which no clear answer came is kept, and
//! the next request with that token goes on with it: what was spent in vain is not lost. Of requests at the same
//! time each has a name of its own.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::Name;
use crate::calls::unforeseen;

/// More that are open at once are given up: those tokens have to be asked for anew.
const MOST: usize = 10_000;

/// Attempts without an answer, and when their tokens end.
#[derive(Default)]
pub(super) struct Open(Mutex<HashMap<Name, (String, Timestamp)>>);

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
    /// Takes up the attempt that is open for this token, or begins one.
    pub(super) fn attempt<'o>(
        &'o self,
        name: &'o Name,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Attempt<'o> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        let text = open.map_or_else(|| unforeseen().simple().to_string(), |(text, _)| text);
        Attempt { open: self, name, ends_at, now, text: Some(text) }
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
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let Some(text) = self.text.take() else { return };
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            open.retain(|_, (_, ends_at)| *ends_at > self.now);
        }
        if open.len() < MOST {
            open.insert(self.name.clone(), (text, self.ends_at));
        }
    }
}
