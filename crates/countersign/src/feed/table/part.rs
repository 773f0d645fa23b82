//! One part of the table: lines of eight hashes, and a tag for each.
//!
//! Who writes puts hash and term into a free slot and its tag last; so whoever sees the tag sees them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::Term;

/// Hashes in a line.
const WAYS: usize = 8;

pub(super) struct Part {
    /// Of each line the tags of its slots, zero for a free one; written after hash and term.
    tags: Box<[AtomicU64]>,
    hashes: Box<[Line]>,
    terms: Box<[Line]>,
    taken: AtomicUsize,
}

#[derive(Default)]
#[repr(align(64))]
struct Line([AtomicU64; WAYS]);

/// The tags of a line.
#[derive(Clone, Copy)]
struct Tags(u64);

/// A place for one entry.
#[derive(Clone, Copy)]
struct Slot {
    line: usize,
    way: usize,
}

/// Where a hash is, or where it would be.
enum Found {
    There(Slot),
    Free(Slot),
}

/// Where a hash leads.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) part: usize,
    /// As a share of the part, of 2⁶⁴.
    pub(super) within: u64,
    /// Not zero.
    pub(super) tag: u8,
}

impl Part {
    pub(super) fn with_room_for(entries: usize) -> Self {
        let lines = entries.div_ceil(WAYS).max(1);
        let free = || std::iter::repeat_with(Line::default).take(lines).collect();
        let tags = std::iter::repeat_with(AtomicU64::default).take(lines).collect();
        Self { tags, hashes: free(), terms: free(), taken: AtomicUsize::default() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.taken() * 8 >= self.hashes.len() * WAYS * 7
    }

    fn hash(&self, slot: Slot) -> &AtomicU64 {
        &self.hashes[slot.line].0[slot.way]
    }

    fn term(&self, slot: Slot) -> &AtomicU64 {
        &self.terms[slot.line].0[slot.way]
    }

    pub(super) fn get(&self, hash: u64, place: Place) -> Option<Term> {
        match self.find(hash, place) {
            Found::There(slot) => Some(Term::unpack(self.term(slot).load(Ordering::Acquire))),
            Found::Free(_) => None,
        }
    }

    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// In bytes.
    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.tags.len() * (size_of::<u64>() + 2 * size_of::<Line>())
    }

    /// There always is a free slot.
    fn find(&self, hash: u64, place: Place) -> Found {
        let lines = self.tags.len();
        let mut line = place.line(lines);
        loop {
            let tags = Tags(self.tags[line].load(Ordering::Acquire));
            let mut alike = tags.ways_of(place.tag).map(|way| Slot { line, way });
            if let Some(slot) = alike.find(|slot| self.hash(*slot).load(Ordering::Acquire) == hash)
            {
                return Found::There(slot);
            }
            if let Some(way) = tags.ways_of(0).next() {
                return Found::Free(Slot { line, way });
            }
            line = if line + 1 == lines { 0 } else { line + 1 };
        }
    }

    pub(super) fn insert(&self, hash: u64, place: Place, term: Term) {
        match self.find(hash, place) {
            Found::There(slot) => {
                let there = Term::unpack(self.term(slot).load(Ordering::Relaxed));
                self.term(slot).store(there.widened_by(term).pack(), Ordering::Release);
            }
            Found::Free(slot) => {
                self.term(slot).store(term.pack(), Ordering::Relaxed);
                self.hash(slot).store(hash, Ordering::Relaxed);
                let tag = u64::from(place.tag) << (8 * slot.way);
                self.tags[slot.line].fetch_or(tag, Ordering::Release);
                self.taken.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, Term)> {
        let lines = self.tags.iter().enumerate();
        let slots = lines.flat_map(|(line, tags)| {
            let tags = Tags(tags.load(Ordering::Acquire));
            (0..WAYS).filter(move |way| tags.of(*way) != 0).map(move |way| Slot { line, way })
        });
        slots.map(|slot| {
            let term = Term::unpack(self.term(slot).load(Ordering::Acquire));
            (self.hash(slot).load(Ordering::Relaxed), term)
        })
    }
}

impl Tags {
    fn of(self, way: usize) -> u8 {
        self.0.to_le_bytes()[way]
    }

    /// The slots with this tag.
    fn ways_of(self, tag: u8) -> impl Iterator<Item = usize> {
        const ONES: u64 = u64::from_le_bytes([1; WAYS]);
        let differs = self.0 ^ (ONES * u64::from(tag));
        // The topmost bit of each byte that is zero (Hacker's Delight, 6-1), and of some that follow one.
        let mut zeros = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
        let ways = std::iter::from_fn(move || {
            let way = (zeros != 0).then(|| zeros.trailing_zeros() / 8)?;
            zeros &= zeros - 1;
            usize::try_from(way).ok()
        });
        ways.filter(move |way| self.of(*way) == tag)
    }
}

impl Place {
    fn line(self, lines: usize) -> usize {
        let lines = u128::try_from(lines).unwrap_or_default();
        usize::try_from((u128::from(self.within) * lines) >> 64).unwrap_or_default()
    }
}
