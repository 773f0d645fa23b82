//! What a guard has done so far, in numbers.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::keys::KeysStatus;

/// Counts since the guard was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Requests let in.
    pub admitted: u64,
    /// Of them, with a token that was verified before.
    pub cache_hits: u64,
    /// Answers 401.
    pub unauthorized: u64,
    /// Answers 403.
    pub forbidden: u64,
    /// Answers 503: a check could not run.
    pub unavailable: u64,
    /// Revocations in memory.
    pub revocations: u64,
    /// Fetches of published keys that brought a key set.
    pub key_fetches: u64,
    /// Fetches of published keys that failed.
    pub key_fetch_failures: u64,
    /// How long ago the oldest key set at hand was fetched, in seconds. `None` when there is none.
    pub oldest_keys_seconds: Option<u64>,
}

/// In the text format of Prometheus, for a service's own `/metrics`.
impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counter = |name: &str, help: &str, value: u64| {
            writeln!(f, "# HELP countersign_{name} {help}")?;
            writeln!(f, "# TYPE countersign_{name} counter")?;
            writeln!(f, "countersign_{name} {value}")
        };
        counter("admitted_total", "Requests let in.", self.admitted)?;
        counter("cache_hits_total", "Of them, with a token verified before.", self.cache_hits)?;
        counter("unauthorized_total", "Requests answered 401.", self.unauthorized)?;
        counter("forbidden_total", "Requests answered 403.", self.forbidden)?;
        counter("unavailable_total", "Requests answered 503.", self.unavailable)?;
        counter("key_fetches_total", "Fetches that brought a key set.", self.key_fetches)?;
        let failures = self.key_fetch_failures;
        counter("key_fetch_failures_total", "Fetches of keys that failed.", failures)?;
        if let Some(seconds) = self.oldest_keys_seconds {
            f.write_str("# HELP countersign_keys_age_seconds Age of the oldest key set.\n")?;
            f.write_str("# TYPE countersign_keys_age_seconds gauge\n")?;
            writeln!(f, "countersign_keys_age_seconds {seconds}")?;
        }
        f.write_str("# HELP countersign_revocations Revocations in memory.\n")?;
        f.write_str("# TYPE countersign_revocations gauge\n")?;
        writeln!(f, "countersign_revocations {}", self.revocations)
    }
}

/// The counts while they grow.
#[derive(Default)]
pub(crate) struct Counters {
    admitted: AtomicU64,
    cache_hits: AtomicU64,
    unauthorized: AtomicU64,
    forbidden: AtomicU64,
    unavailable: AtomicU64,
}

impl Counters {
    pub(crate) fn admitted(&self) {
        self.admitted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn cache_hit(&self) {
        self.cache_hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, status: u16) {
        let counter = match status {
            403 => &self.forbidden,
            503 => &self.unavailable,
            _ => &self.unauthorized,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(
        &self,
        revocations: usize,
        keys: impl Iterator<Item = KeysStatus>,
    ) -> Metrics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let metrics = Metrics {
            admitted: read(&self.admitted),
            cache_hits: read(&self.cache_hits),
            unauthorized: read(&self.unauthorized),
            forbidden: read(&self.forbidden),
            unavailable: read(&self.unavailable),
            revocations: u64::try_from(revocations).unwrap_or(u64::MAX),
            ..Metrics::default()
        };
        keys.fold(metrics, |sum, keys| Metrics {
            key_fetches: sum.key_fetches + keys.fetched,
            key_fetch_failures: sum.key_fetch_failures + keys.failed,
            oldest_keys_seconds: sum.oldest_keys_seconds.max(keys.age_seconds),
            ..sum
        })
    }
}
