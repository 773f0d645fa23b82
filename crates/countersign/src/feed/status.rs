//! How a feed is doing.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use serde::Serialize;

/// How the revocation feed of one issuer is doing, for the answer of a service's readiness probe. Nothing
/// in it is secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FeedStatus {
    /// Whether decisions are made with what is known.
    pub ready: bool,
    /// As of how long ago all is known that was taken back. `None` before the first complete answer.
    pub age_seconds: Option<u64>,
    /// Up to which number of the issuer's sequence it was taken in.
    pub sequence: u64,
    /// How many entries are held.
    pub entries: usize,
    /// Answers that were taken in.
    pub answers: u64,
    /// Questions that brought nothing.
    pub failures: u64,
    /// Why the last question brought nothing, in a stable word; `None` when it did.
    pub last_error: Option<&'static str>,
}

/// How questions went.
#[derive(Default)]
pub(super) struct Tally {
    answers: AtomicU64,
    failures: AtomicU64,
    last_error: Mutex<Option<&'static str>>,
}

impl Tally {
    /// One more question, and why it brought nothing, if so.
    pub(super) fn count(&self, error: Option<&'static str>) {
        let counter = if error.is_none() { &self.answers } else { &self.failures };
        counter.fetch_add(1, Ordering::Relaxed);
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// The part of the status that it knows.
    pub(super) fn read(&self) -> FeedStatus {
        FeedStatus {
            answers: self.answers.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            last_error: *self.last_error.lock().unwrap_or_else(PoisonError::into_inner),
            ..FeedStatus::default()
        }
    }
}
