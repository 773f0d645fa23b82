//! A table of 64-bit hashes that one writes and everybody reads, without a lock.
//!
//! It has 64 parts. In a part eight hashes make a line; a hash lies in the first line with a free slot from
//! where it leads, which depends on a secret of this process. Of each slot there is a tag, one byte of the
//! hash, and the eight tags of a line are one word: a name that is not there is known after one look at
//! them, nearly always. A million take little more than a megabyte, which a processor keeps at hand. At most
//! seven of eight slots are taken. A part that is full is made anew with half as much room again, and
//! nothing ever waits for more than one part.

mod part;

use std::{hash::BuildHasher, sync::Arc};

use arc_swap::{ArcSwap, Guard};
use foldhash::fast::RandomState;

use self::part::{Part, Place};

const PARTS: usize = 64;

pub(super) struct Table {
    places: RandomState,
    parts: ArcSwap<[Arc<Part>; PARTS]>,
}

/// What an entry says beside its name; seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// Tokens issued later than this are not meant.
    pub(super) before: u32,
    /// Then its time is over.
    pub(super) until: u32,
}

/// The table for some look-ups, which see all that was written before.
pub(super) struct View<'t> {
    table: &'t Table,
    parts: Guard<Arc<[Arc<Part>; PARTS]>>,
}

impl Default for Table {
    fn default() -> Self {
        let parts = std::array::from_fn(|_| Arc::new(Part::with_room_for(0)));
        Self { places: RandomState::default(), parts: ArcSwap::from_pointee(parts) }
    }
}

impl Table {
    pub(super) fn view(&self) -> View<'_> {
        View { table: self, parts: self.parts.load() }
    }

    /// Of two entries of one name the wider counts. Only one may write at a time.
    pub(super) fn insert(&self, hash: u64, term: Term) {
        let place = self.place(hash);
        let mut part = Arc::clone(&self.parts.load()[place.part]);
        if part.is_full() {
            part = self.replace(place.part, |_| true);
        }
        part.insert(hash, place, term);
    }

    /// Forgets the entries of one part whose time is over, if there are any.
    pub(super) fn sweep(&self, part: usize, now: u32) {
        let number = part % PARTS;
        let part = Arc::clone(&self.parts.load()[number]);
        if part.entries().any(|(_, term)| term.until < now) {
            self.replace(number, |term| term.until >= now);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.load().iter().map(|part| part.taken()).sum()
    }

    /// Makes a part anew, with what is kept of it.
    fn replace(&self, number: usize, keep: impl Fn(Term) -> bool) -> Arc<Part> {
        let parts = self.parts.load();
        let kept = || parts[number].entries().filter(|(_, term)| keep(*term));
        let part = Arc::new(Part::with_room_for(kept().count() * 3 / 2));
        for (hash, term) in kept() {
            part.insert(hash, self.place(hash), term);
        }
        let mut renewed = (**parts).clone();
        renewed[number] = Arc::clone(&part);
        self.parts.store(Arc::new(renewed));
        part
    }

    fn place(&self, hash: u64) -> Place {
        let mixed = self.places.hash_one(hash);
        let part = usize::try_from(mixed >> 58).unwrap_or_default() % PARTS;
        let [tag, ..] = mixed.to_le_bytes();
        Place { part, within: mixed << 6, tag: tag.max(1) }
    }
}

impl View<'_> {
    pub(super) fn get(&self, hash: u64) -> Option<Term> {
        let place = self.table.place(hash);
        self.parts[place.part].get(hash, place)
    }
}

impl Term {
    fn widened_by(self, other: Self) -> Self {
        Self { before: self.before.max(other.before), until: self.until.max(other.until) }
    }

    fn pack(self) -> u64 {
        (u64::from(self.before) << 32) | u64::from(self.until)
    }

    fn unpack(packed: u64) -> Self {
        let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or_default();
        Self { before: half(packed >> 32), until: half(packed) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn term(before: u32, until: u32) -> Term {
        Term { before, until }
    }

    #[test]
    fn t238_a_million_entries_take_at_most_30_megabytes_and_are_all_found() {
        let table = Table::default();
        let name = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for number in 0..1_000_000 {
            table.insert(name(number), term(1, if number % 2 == 0 { 5 } else { 15 }));
        }
        assert_eq!(table.len(), 1_000_000);
        let bytes =
            |table: &Table| table.parts.load().iter().map(|part| part.size()).sum::<usize>();
        assert!(bytes(&table) <= 30_000_000, "{}", bytes(&table));
        assert!((0..1_000_000).step_by(3).all(|number| table.view().get(name(number)).is_some()));
        assert!((1_000_000..1_100_000).all(|number| table.view().get(name(number)).is_none()));
        for part in 0..PARTS {
            table.sweep(part, 10);
        }
        assert_eq!(table.len(), 500_000);
        let is_kept = |number| table.view().get(name(number)).is_some() == (number % 2 == 1);
        assert!((0..1_000_000).step_by(3).all(is_kept));
        assert!(bytes(&table) <= 15_000_000, "{}", bytes(&table));
    }

    #[test]
    fn a_hash_may_be_zero() {
        let table = Table::default();
        assert_eq!(table.view().get(0), None);
        table.insert(0, term(1, 2));
        assert_eq!(table.view().get(0), Some(term(1, 2)));
        assert_eq!(table.len(), 1);
    }

    proptest! {
        /// Few names, so that they meet often.
        #[test]
        fn it_holds_what_a_plain_map_holds(
            steps in proptest::collection::vec((0..400_u64, 0..100_u32, 0..100_u32, any::<bool>()), 1..2000),
        ) {
            let table = Table::default();
            let mut plain: HashMap<u64, Term> = HashMap::new();
            for (index, (name, before, until, sweep)) in steps.into_iter().enumerate() {
                let new = term(before, until);
                table.insert(name + 1, new);
                plain.entry(name + 1).and_modify(|old| *old = old.widened_by(new)).or_insert(new);
                if sweep && index % 50 == 0 {
                    (0..PARTS).for_each(|part| table.sweep(part, 50));
                    plain.retain(|_, term| term.until >= 50);
                }
            }
            prop_assert_eq!(table.len(), plain.len());
            for name in 1..=400 {
                prop_assert_eq!(table.view().get(name), plain.get(&name).copied());
            }
        }
    }
}
