//! The hashes that came last, so that a token that was looked up a moment ago is held against these only,
//! and not against all there are.
//!
//! They are in a ring that one writes and everybody reads, without a lock. A place in it is the number of the
//! hash, from the first on. Who reads says from which place on; where that is too long ago, or the ring was
//! written over meanwhile, it says that it does not know.

use std::sync::atomic::{AtomicU64, Ordering};

/// Hashes that are kept.
const ROOM: u64 = 64;

/// To look everything up costs less than to read more than so many.
const WORTH_READING: u64 = ROOM / 2;

pub(super) struct Recent {
    hashes: [AtomicU64; 64],
    end: AtomicU64,
}

impl Default for Recent {
    fn default() -> Self {
        Self { hashes: std::array::from_fn(|_| AtomicU64::default()), end: AtomicU64::default() }
    }
}

impl Recent {
    /// The place after the last hash. It changes with every hash, and never comes back.
    pub(super) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// Adds a hash that can be looked up already. Only one may write at a time.
    pub(super) fn add(&self, hash: u64) {
        let end = self.end.load(Ordering::Relaxed);
        self.slot(end).store(hash, Ordering::Release);
        self.end.store(end + 1, Ordering::Release);
    }

    /// Nobody can know from here what came: everything has to be looked up again.
    pub(super) fn break_off(&self) {
        self.end.fetch_add(ROOM, Ordering::Release);
    }

    /// Whether it is certain that none of these names came since that place, and that all that did was
    /// hashed as they were, which is asked once it is read.
    pub(super) fn has_none_of(
        &self,
        names: &(impl Iterator<Item = u64> + Clone),
        since: u64,
        hashed_alike: impl FnOnce() -> bool,
    ) -> bool {
        let end = self.end();
        if end.wrapping_sub(since) > WORTH_READING {
            return false;
        }
        let came = |place| {
            let hash = self.slot(place).load(Ordering::Acquire);
            names.clone().any(|name| name == hash)
        };
        let is_clear = !(since..end).any(came) && hashed_alike();
        // Whoever wrote over what was read, or broke off before that, moved the end.
        is_clear && self.end().wrapping_sub(since) < ROOM
    }

    fn slot(&self, place: u64) -> &AtomicU64 {
        &self.hashes[usize::try_from(place % ROOM).unwrap_or_default()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_none_of(recent: &Recent, name: u64, since: u64) -> bool {
        recent.has_none_of(&[name].into_iter(), since, || true)
    }

    #[test]
    fn what_came_since_is_seen_and_what_came_before_is_not_asked_for() {
        let recent = Recent::default();
        recent.add(7);
        let since = recent.end();
        assert!(has_none_of(&recent, 8, since));
        recent.add(8);
        recent.add(9);
        assert!(!has_none_of(&recent, 8, since) && !has_none_of(&recent, 9, since));
        assert!(has_none_of(&recent, 7, since) && !has_none_of(&recent, 7, 0));
        assert!(has_none_of(&recent, 9, recent.end()));
    }

    #[test]
    fn where_too_much_came_nothing_is_certain() {
        let recent = Recent::default();
        for hash in 1..=WORTH_READING {
            recent.add(hash);
        }
        assert!(has_none_of(&recent, 1000, 0));
        recent.add(100);
        assert!(!has_none_of(&recent, 1000, 0) && has_none_of(&recent, 1000, 1));
        (0..10 * ROOM).for_each(|hash| recent.add(hash));
        assert!(!has_none_of(&recent, 1000, 1));
        assert!(
            !has_none_of(&recent, 1000, recent.end() + 1),
            "from a place that is still to come"
        );
    }

    #[test]
    fn once_broken_off_nothing_before_is_certain() {
        let recent = Recent::default();
        recent.add(1);
        let before = recent.end();
        recent.break_off();
        assert_ne!(recent.end(), before);
        assert!(!has_none_of(&recent, 1000, before));
        let after = recent.end();
        recent.add(2);
        assert!(has_none_of(&recent, 1000, after) && !has_none_of(&recent, 2, after));
    }

    #[test]
    fn what_was_written_over_while_it_was_read_is_not_certain() {
        let recent = Recent::default();
        (0..2).for_each(|hash| recent.add(hash));
        let names = std::iter::once_with(|| {
            (0..ROOM).for_each(|hash| recent.add(100 + hash));
            1000
        });
        assert!(!recent.has_none_of(&names, 0, || true));
    }

    #[test]
    fn what_broke_off_while_it_was_read_is_not_certain() {
        let recent = Recent::default();
        recent.add(7);
        let broken_off = || {
            recent.break_off();
            true
        };
        assert!(!recent.has_none_of(&[8].into_iter(), 0, broken_off));
        assert!(!recent.has_none_of(&[8].into_iter(), recent.end(), || false));
    }

    /// Whoever read a place that is written over meanwhile has to be told so: each reader asks for the one
    /// name that came first after its place, and must never hear that it did not come.
    #[test]
    fn a_reader_is_never_told_that_nothing_came_when_it_did() {
        let recent = Recent::default();
        std::thread::scope(|scope| {
            let reader = || {
                for _ in 0..200_000 {
                    let end = recent.end();
                    let since = end.saturating_sub(WORTH_READING);
                    if end > 0 {
                        assert!(!has_none_of(&recent, since, since), "{since}");
                    }
                }
            };
            let readers = [scope.spawn(reader), scope.spawn(reader)];
            let mut place = 0;
            while readers.iter().any(|reader| !reader.is_finished()) {
                recent.add(place);
                place += 1;
            }
        });
    }
}
