//! How fetches went.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::status::KeysStatus;

#[derive(Default)]
pub(super) struct Tally {
    fetched: AtomicU64,
    failed: AtomicU64,
    last_error: Mutex<Option<&'static str>>,
}

impl Tally {
    /// One more fetch, and why it failed, if it did.
    pub(super) fn count(&self, error: Option<&'static str>) {
        let counter = if error.is_none() { &self.fetched } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// The part of the status that it knows.
    pub(super) fn read(&self) -> KeysStatus {
        KeysStatus {
            last_error: *self.last_error.lock().unwrap_or_else(PoisonError::into_inner),
            fetched: self.fetched.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            ..KeysStatus::default()
        }
    }
}
