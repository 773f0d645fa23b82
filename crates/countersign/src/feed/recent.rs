//! What came lately, so that a token that was looked up before is looked up again only where one of its names
//! may have come since.
//!
//! Each hash that comes has a place, its number from the first on. Of five hundred and twelve that came one
//! after another a block keeps a bit each, of 32,768 that the hash chooses from; of blocks the last eight are
//! kept, in a ring. Whoever reads says from which place on: a name whose bit is not set in any block since then
//! did not come. One whose bit was set by another name may have: of tokens with three names that is one in
//! twenty-two for each block that is full, one in forty-three on average for the one that fills. One writes and
//! everybody reads, without a lock. Where a place is too long ago, or a block was written over meanwhile,
//! nothing is certain.

use std::sync::atomic::{AtomicU64, Ordering};

use super::names::HashedNames;

/// Hashes of a block.
const BLOCK: u64 = 512;

/// How many bits of a hash choose its bit.
const CHOICE: u32 = 15;

/// Words of a block.
const WORDS: usize = (1 << CHOICE) / 64;

/// Blocks that are kept.
const BLOCKS: usize = 8;

/// Places whose block is not written over yet, whichever is.
const KEPT: u64 = BLOCK * (BLOCKS as u64 - 1);

pub(super) struct Recent {
    blocks: Box<[[AtomicU64; WORDS]]>,
    end: AtomicU64,
    /// How names are hashed, and from which place on all that came was hashed so.
    way: AtomicU64,
    way_since: AtomicU64,
}

impl Default for Recent {
    fn default() -> Self {
        let free = || std::array::from_fn(|_| AtomicU64::default());
        Self {
            blocks: std::iter::repeat_with(free).take(BLOCKS).collect(),
            end: AtomicU64::default(),
            way: AtomicU64::default(),
            way_since: AtomicU64::default(),
        }
    }
}

impl Recent {
    /// The place after the last hash. It changes with every hash, and never comes back.
    pub(super) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// Adds a hash that can be looked up already. Only one may write at a time.
    pub(super) fn add(&self, hash: u64) {
        let place = self.end.load(Ordering::Relaxed);
        let (word, bit) = choice(hash);
        self.block(place / BLOCK)[word].fetch_or(bit, Ordering::Release);
        self.go_on_from(place);
    }

    /// Names are hashed in this way from now on. What came before cannot be compared with them.
    pub(super) fn hash_as(&self, way: u64) {
        let place = self.end.load(Ordering::Relaxed);
        self.way_since.store(place + 1, Ordering::Release);
        self.way.store(way, Ordering::Release);
        self.go_on_from(place);
    }

    fn go_on_from(&self, place: u64) {
        let end = place + 1;
        if end.is_multiple_of(BLOCK) {
            self.block(end / BLOCK).iter().for_each(|word| word.store(0, Ordering::Release));
        }
        self.end.store(end, Ordering::Release);
    }

    /// Whether it is certain that none of these names came since that place, which was the end once.
    pub(super) fn has_none_of(&self, names: &HashedNames, since: u64) -> bool {
        // The way is asked before the place from which on it counts: that is written in the other order.
        self.has_no_bit_of(names.all(), since)
            && self.way.load(Ordering::Acquire) == names.way
            && self.way_since.load(Ordering::Acquire) <= since
    }

    fn has_no_bit_of(&self, mut names: impl Iterator<Item = u64>, since: u64) -> bool {
        let end = self.end();
        // So much is not worth reading, and would not be certain in the end.
        if end.wrapping_sub(since) >= KEPT {
            return false;
        }
        let blocks = since / BLOCK..=end / BLOCK;
        let may_have_come = |name| {
            let (word, bit) = choice(name);
            blocks.clone().any(|block| self.block(block)[word].load(Ordering::Acquire) & bit != 0)
        };
        // Whoever wrote over what was read moved the end before that.
        !names.any(may_have_come) && self.end().wrapping_sub(since) < KEPT
    }

    fn block(&self, number: u64) -> &[AtomicU64; WORDS] {
        &self.blocks[usize::try_from(number % BLOCKS as u64).unwrap_or_default()]
    }
}

/// The word of a block in which a hash has its bit, and the bit.
fn choice(hash: u64) -> (usize, u64) {
    let chosen = hash >> (u64::BITS - CHOICE);
    (usize::try_from(chosen / 64).unwrap_or_default(), 1 << (chosen % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAY: u64 = 2;

    /// With a bit of its own.
    fn name(number: u64) -> u64 {
        number << (u64::BITS - CHOICE)
    }

    fn named(hash: u64, way: u64) -> HashedNames {
        HashedNames { way, hashes: [None, Some(hash), None], token_hash: None }
    }

    fn recent() -> Recent {
        let recent = Recent::default();
        recent.hash_as(WAY);
        recent
    }

    fn has_none_of(recent: &Recent, number: u64, since: u64) -> bool {
        recent.has_none_of(&named(name(number), WAY), since)
    }

    #[test]
    fn what_came_since_is_seen_and_what_came_in_an_earlier_block_is_not_asked_for() {
        let recent = recent();
        let beginning = recent.end();
        recent.add(name(7));
        let first = recent.end();
        assert!(has_none_of(&recent, 8, first));
        for _ in 0..BLOCK {
            recent.add(name(9));
        }
        let since = recent.end();
        recent.add(name(8));
        assert!(!has_none_of(&recent, 8, since) && !has_none_of(&recent, 9, first));
        assert!(has_none_of(&recent, 7, since) && !has_none_of(&recent, 7, beginning));
    }

    #[test]
    fn each_name_counts() {
        let recent = recent();
        let since = recent.end();
        recent.add(name(1));
        let named = |hashes: [u64; 3], token_hash: u64| HashedNames {
            way: WAY,
            hashes: hashes.map(|number| Some(name(number))),
            token_hash: Some(name(token_hash)),
        };
        assert!(recent.has_none_of(&named([2, 3, 4], 5), since));
        for with_it in
            [named([1, 3, 4], 5), named([2, 1, 4], 5), named([2, 3, 1], 5), named([2, 3, 4], 1)]
        {
            assert!(!recent.has_none_of(&with_it, since));
        }
    }

    #[test]
    fn what_has_the_same_bit_may_be_the_name() {
        let recent = recent();
        let since = recent.end();
        recent.add(name(7) + 1);
        assert!(!has_none_of(&recent, 7, since));
        assert!(has_none_of(&recent, 6, since) && has_none_of(&recent, 8, since));
    }

    #[test]
    fn from_any_place_a_name_that_came_after_it_is_seen_and_where_too_much_came_nothing_is_certain()
    {
        let recent = recent();
        let beginning = recent.end();
        for number in 0..3 * KEPT {
            let place = recent.end();
            recent.add(name(number));
            assert!(!has_none_of(&recent, number, place), "{number} came");
            assert!(!has_none_of(&recent, number, place.saturating_sub(KEPT / 2)), "{number}");
        }
        let end = recent.end();
        assert!(has_none_of(&recent, 3 * KEPT, end - KEPT + 1));
        assert!(!has_none_of(&recent, 3 * KEPT, end - KEPT), "so long ago nothing is certain");
        assert!(!has_none_of(&recent, 3 * KEPT, beginning));
        assert!(!has_none_of(&recent, 3 * KEPT, end + 1), "from a place that is still to come");
    }

    #[test]
    fn once_names_are_hashed_otherwise_nothing_before_is_certain() {
        let recent = recent();
        let before = recent.end();
        recent.hash_as(WAY + 1);
        assert_ne!(recent.end(), before, "who remembers a token has to ask");
        let named = |way| named(name(7), way);
        assert!(!recent.has_none_of(&named(WAY), before), "hashed in the way before");
        assert!(!recent.has_none_of(&named(WAY), recent.end()), "what comes is not hashed so");
        assert!(!recent.has_none_of(&named(WAY + 1), before), "what came before was not");
        assert!(recent.has_none_of(&named(WAY + 1), recent.end()));
        recent.hash_as(WAY);
        assert!(!recent.has_none_of(&named(WAY), before), "something came in another way between");
        assert!(recent.has_none_of(&named(WAY), recent.end()));
    }

    /// A block that begins with another way to hash is a block as any other.
    #[test]
    fn wherever_names_begin_to_be_hashed_otherwise_what_came_long_before_is_gone() {
        let recent = recent();
        for number in 0..3 * KEPT {
            recent.hash_as(WAY);
            recent.add(name(number));
        }
        let since = recent.end();
        recent.add(name(0));
        for number in 1..KEPT {
            assert!(has_none_of(&recent, number, since), "{number}");
        }
    }

    #[test]
    fn what_was_written_over_while_it_was_read_is_not_certain() {
        let recent = recent();
        let since = recent.end();
        recent.add(name(7));
        assert!(recent.has_no_bit_of([name(8)].into_iter(), since));
        let names = std::iter::once_with(|| {
            (0..2 * KEPT).for_each(|_| recent.add(name(9)));
            name(7)
        });
        assert!(!recent.has_no_bit_of(names, since));
        let names = std::iter::once_with(|| {
            (0..KEPT).for_each(|_| recent.add(name(9)));
            name(8)
        });
        assert!(!recent.has_no_bit_of(names, recent.end()));
    }

    /// Readers begin at every place that is kept, while blocks are written over: each asks for the name that
    /// came first after its place, and must never hear that it did not come.
    #[test]
    fn a_reader_is_never_told_that_nothing_came_when_it_did() {
        let recent = recent();
        let first = recent.end();
        std::thread::scope(|scope| {
            let reader = |step: u64| {
                let recent = &recent;
                scope.spawn(move || {
                    for number in 0..200_000 {
                        let end = recent.end();
                        let since = end.saturating_sub(1 + number * step % KEPT).max(first);
                        if end > since {
                            assert!(!has_none_of(recent, since % (1 << CHOICE), since), "{since}");
                        }
                    }
                })
            };
            let readers = [reader(0), reader(7)];
            while readers.iter().any(|reader| !reader.is_finished()) {
                recent.add(name(recent.end() % (1 << CHOICE)));
            }
        });
    }
}
