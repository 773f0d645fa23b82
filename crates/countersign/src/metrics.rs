//! What a guard has done so far, in numbers.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{feed::FeedStatus, keys::KeysStatus};

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
    /// Revocations in memory, those of feeds too.
    pub revocations: u64,
    /// Fetches of published keys that brought a key set.
    pub key_fetches: u64,
    /// Fetches of published keys that failed.
    pub key_fetch_failures: u64,
    /// How long ago the oldest key set at hand was fetched, in seconds. `None` when there is none.
    pub oldest_keys_seconds: Option<u64>,
    /// Answers of revocation feeds that were taken in.
    pub feed_answers: u64,
    /// Questions to revocation feeds that brought nothing.
    pub feed_failures: u64,
    /// As of how long ago everything is known that was taken back, in seconds, of the feed that is furthest
    /// behind. `None` without a feed, or before its first complete answer.
    pub oldest_revocations_seconds: Option<u64>,
    /// Up to which number the sequence of the feed was taken in; of several feeds the sum.
    pub revocations_sequence: Option<u64>,
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
        counter("feed_answers_total", "Answers of revocation feeds taken in.", self.feed_answers)?;
        let failures = self.feed_failures;
        counter("feed_failures_total", "Questions to them that brought nothing.", failures)?;
        let mut gauge = |name: &str, help: &str, value: Option<u64>| {
            let Some(value) = value else { return Ok(()) };
            writeln!(f, "# HELP countersign_{name} {help}")?;
            writeln!(f, "# TYPE countersign_{name} gauge")?;
            writeln!(f, "countersign_{name} {value}")
        };
        gauge("keys_age_seconds", "Age of the oldest key set.", self.oldest_keys_seconds)?;
        gauge("revocations", "Revocations in memory.", Some(self.revocations))?;
        let age = self.oldest_revocations_seconds;
        gauge("revocations_age_seconds", "Age of what is known of revocations.", age)?;
        let sequence = self.revocations_sequence;
        gauge("revocations_sequence", "Up to where feeds were taken in.", sequence)
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
        feeds: impl Iterator<Item = FeedStatus>,
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
        let metrics = keys.fold(metrics, |sum, keys| Metrics {
            key_fetches: sum.key_fetches + keys.fetched,
            key_fetch_failures: sum.key_fetch_failures + keys.failed,
            oldest_keys_seconds: sum.oldest_keys_seconds.max(keys.age_seconds),
            ..sum
        });
        let feeds: Vec<FeedStatus> = feeds.collect();
        // What one of them does not know at all is older than anything.
        let ages: Option<Vec<u64>> = feeds.iter().map(|feed| feed.age_seconds).collect();
        feeds.iter().fold(metrics, |sum, feed| Metrics {
            revocations: sum.revocations + u64::try_from(feed.entries).unwrap_or(u64::MAX),
            feed_answers: sum.feed_answers + feed.answers,
            feed_failures: sum.feed_failures + feed.failures,
            oldest_revocations_seconds: ages.as_ref().and_then(|ages| ages.iter().max().copied()),
            revocations_sequence: Some(sum.revocations_sequence.unwrap_or(0) + feed.sequence),
            ..sum
        })
    }
}
