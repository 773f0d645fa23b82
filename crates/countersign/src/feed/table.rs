//! A table of 64-bit hashes that one writes and everybody reads, without a lock.
//!
//! It has 64 parts. In a part eight hashes make a line, as much as the processor fetches at once; a hash
//! lies in the first line with a free slot from where it leads, which depends on a secret of this process.
//! At most three of four slots are taken, so a name that is not there is known after one look into memory,
//! nearly always. A part that is full is made anew with twice the room of what is in it, and nothing ever
//! waits for more than one part.

use std::{
    hash::BuildHasher,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use arc_swap::{ArcSwap, Guard};
use foldhash::fast::RandomState;

const PARTS: usize = 64;
/// Hashes in a line.
const WAYS: usize = 8;

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

struct Part {
    /// Zero in a free slot.
    hashes: Box<[Line]>,
    /// Of the hash in the same slot; written before it.
    terms: Box<[Line]>,
    taken: AtomicUsize,
}

#[derive(Default)]
#[repr(align(64))]
struct Line([AtomicU64; WAYS]);

/// A place for one entry.
#[derive(Clone, Copy)]
struct Slot {
    line: usize,
    way: usize,
}

/// Where a hash lies.
#[derive(Clone, Copy)]
struct Place {
    part: usize,
    /// As a share of the part, of 2⁶⁴.
    within: u64,
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
        let hash = taken(hash);
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
        self.parts.load().iter().map(|part| part.taken.load(Ordering::Relaxed)).sum()
    }

    /// Makes a part anew, with what is kept of it.
    fn replace(&self, number: usize, keep: impl Fn(Term) -> bool) -> Arc<Part> {
        let parts = self.parts.load();
        let kept = || parts[number].entries().filter(|(_, term)| keep(*term));
        let part = Arc::new(Part::with_room_for(kept().count() * 2));
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
        Place { part, within: mixed << 6 }
    }
}

impl View<'_> {
    pub(super) fn get(&self, hash: u64) -> Option<Term> {
        let hash = taken(hash);
        let place = self.table.place(hash);
        let part = &self.parts[place.part];
        match part.find(hash, place) {
            (slot, true) => Some(Term::unpack(part.term(slot).load(Ordering::Acquire))),
            (_, false) => None,
        }
    }
}

impl Part {
    fn with_room_for(entries: usize) -> Self {
        let lines = entries.div_ceil(WAYS).max(1);
        let free = || std::iter::repeat_with(Line::default).take(lines).collect();
        Self { hashes: free(), terms: free(), taken: AtomicUsize::default() }
    }

    fn is_full(&self) -> bool {
        self.taken.load(Ordering::Relaxed) * 4 >= self.hashes.len() * WAYS * 3
    }

    fn term(&self, slot: Slot) -> &AtomicU64 {
        &self.terms[slot.line].0[slot.way]
    }

    /// The slot of this hash, or the free one where it would be. There always is one. A line is looked
    /// through to its end: that costs less than to guess where to stop.
    fn find(&self, hash: u64, place: Place) -> (Slot, bool) {
        let lines = self.hashes.len();
        let mut line = place.line(lines);
        loop {
            let (mut there, mut free) = (None, None);
            for (way, slot) in self.hashes[line].0.iter().enumerate() {
                match slot.load(Ordering::Acquire) {
                    0 => free = Some(Slot { line, way }),
                    other if other == hash => there = Some(Slot { line, way }),
                    _ => {}
                }
            }
            match (there, free) {
                (Some(slot), _) => return (slot, true),
                (None, Some(slot)) => return (slot, false),
                (None, None) => line = if line + 1 == lines { 0 } else { line + 1 },
            }
        }
    }

    fn insert(&self, hash: u64, place: Place, term: Term) {
        match self.find(hash, place) {
            (slot, true) => {
                let there = Term::unpack(self.term(slot).load(Ordering::Relaxed));
                self.term(slot).store(there.widened_by(term).pack(), Ordering::Release);
            }
            (slot, false) => {
                self.term(slot).store(term.pack(), Ordering::Relaxed);
                self.hashes[slot.line].0[slot.way].store(hash, Ordering::Release);
                self.taken.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn entries(&self) -> impl Iterator<Item = (u64, Term)> {
        let slots = self.hashes.iter().zip(&self.terms);
        let slots = slots.flat_map(|(hashes, terms)| hashes.0.iter().zip(&terms.0));
        let read = slots.map(|(hash, term)| {
            (hash.load(Ordering::Acquire), Term::unpack(term.load(Ordering::Acquire)))
        });
        read.filter(|(hash, _)| *hash != 0)
    }
}

impl Place {
    fn line(self, lines: usize) -> usize {
        let lines = u128::try_from(lines).unwrap_or_default();
        usize::try_from((u128::from(self.within) * lines) >> 64).unwrap_or_default()
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

/// Zero marks a free slot, so the one hash that is zero is taken for another: the odds are 1 in 2⁶⁴, as
/// for any two.
fn taken(hash: u64) -> u64 {
    hash.max(1)
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
    fn t238_a_million_entries_take_at_most_40_megabytes_and_are_all_found() {
        let table = Table::default();
        let name = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for number in 0..1_000_000 {
            table.insert(name(number), term(1, if number % 2 == 0 { 5 } else { 15 }));
        }
        assert_eq!(table.len(), 1_000_000);
        let bytes = |table: &Table| {
            table.parts.load().iter().map(|part| part.hashes.len() * 128).sum::<usize>()
        };
        assert!(bytes(&table) <= 40_000_000, "{}", bytes(&table));
        assert!((0..1_000_000).step_by(3).all(|number| table.view().get(name(number)).is_some()));
        assert!((1_000_000..1_100_000).all(|number| table.view().get(name(number)).is_none()));
        for part in 0..PARTS {
            table.sweep(part, 10);
        }
        assert_eq!(table.len(), 500_000);
        let is_kept = |number| table.view().get(name(number)).is_some() == (number % 2 == 1);
        assert!((0..1_000_000).step_by(3).all(is_kept));
        assert!(bytes(&table) <= 20_000_000, "{}", bytes(&table));
    }

    #[test]
    fn the_hash_that_is_zero_has_a_place() {
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
