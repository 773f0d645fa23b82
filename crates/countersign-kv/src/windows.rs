//! Counters that start anew after a window: one that begins with the last raise, or with the first.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// Whether one more is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is, and it was counted.
    Allowed,
    /// It is not, and it was not counted.
    Refused {
        /// From then on it would be.
        until: Timestamp,
    },
}

/// Counters by key.
///
/// A counter starts anew once its last raise is a window ago; in [`Windows::from_first`] its first one, as a
/// counter in Redis does. A refused one is not raised: who keeps asking does not wait longer. At most
/// `capacity` counters are kept; when there are more, those that are over go first, then the lowest, and of
/// those the ones whose window began the longest ago: a flood of clients that ask once has nobody forgotten
/// who asks too often.
pub struct Windows {
    capacity: usize,
    from_first: bool,
    counters: Mutex<HashMap<String, Counter>>,
}

#[derive(Clone, Copy)]
struct Counter {
    count: u32,
    /// From when its window counts.
    since: Timestamp,
    window: SignedDuration,
}

impl Counter {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= self.window
    }
}

impl Windows {
    /// Room for `capacity` counters, at least one.
    pub fn new(capacity: usize) -> Self {
        Self { capacity: capacity.max(1), from_first: false, counters: Mutex::default() }
    }

    /// The same for windows that begin with the first raise: who asks steadily, and not too often, is never
    /// refused.
    pub fn from_first(capacity: usize) -> Self {
        Self { from_first: true, ..Self::new(capacity) }
    }

    /// Counts one more for `key`, unless it was counted `most` times in the last `window`.
    pub fn take(&self, key: &str, window: SignedDuration, most: u32, now: Timestamp) -> Decision {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = counters.get(key).copied().filter(|counter| !counter.is_over(now));
        let count = counted.map_or(0, |counter| counter.count);
        if let Some(counter) = counted
            && count >= most
        {
            return Decision::Refused { until: counter.since + window };
        }
        if !counters.contains_key(key) && counters.len() >= self.capacity {
            make_room(&mut counters, self.capacity, now);
        }
        let first = counted.filter(|_| self.from_first).map(|counter| counter.since);
        let since = first.unwrap_or(now);
        counters.insert(key.to_owned(), Counter { count: count + 1, since, window });
        Decision::Allowed
    }

    /// Begins anew for this key.
    pub fn forget(&self, key: &str) {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// How many counters there are.
    pub fn len(&self) -> usize {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing was counted yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Drops what is over; when that frees too little, the lower and older half, so that the next clean-up is
/// many raises away.
fn make_room(counters: &mut HashMap<String, Counter>, capacity: usize, now: Timestamp) {
    counters.retain(|_, counter| !counter.is_over(now));
    if counters.len() < capacity {
        return;
    }
    let rank = |counter: &Counter| (counter.count, counter.since);
    let mut ranks: Vec<_> = counters.values().map(rank).collect();
    let middle = ranks.len() / 2;
    let (_, median, _) = ranks.select_nth_unstable(middle);
    let median = *median;
    let mut to_drop = counters.len() - middle;
    counters.retain(|_, counter| {
        let drop = to_drop > 0 && rank(counter) <= median;
        to_drop -= usize::from(drop);
        !drop
    });
}
