//! What is held of a feed: read by every decision, written by who follows it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::ArcSwap;

use super::{
    answer::Answer,
    names::{Called, HashedNames, Kind},
    recent::Recent,
    set::Set,
    slowest::SlowestClock,
    take_error::TakeError,
};
use crate::revocation::Revoked;

/// A guard's clock may be so far behind the issuer's, and a leeway so large.
const KEPT_BEYOND: u32 = 120;

/// How many of a table's 64 parts are looked through with each answer.
const PARTS_A_SWEEP: usize = 4;

#[derive(Default)]
pub(super) struct Held {
    /// The newest first. The older are kept until nothing is left in them.
    sets: ArcSwap<Vec<Arc<Set>>>,
    /// What came lately, of the newest set.
    recent: Recent,
    /// The question by which all is known up to then, in milliseconds of the steady clock and one more;
    /// zero before the first.
    known_as_of: AtomicU64,
    sequence: AtomicU64,
    position: Mutex<Position>,
}

/// Of the newest set. Who holds it may write.
#[derive(Default)]
struct Position {
    /// Up to where it was taken in.
    to: u64,
    /// What time it is for what ends.
    slowest: SlowestClock,
    /// An answer went on from where nothing is held: the next one has to begin at the beginning.
    is_lost: bool,
    /// Which part is swept next.
    sweep: usize,
}

/// What an answer brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// All is known as of its question; otherwise there is more to be asked for.
    pub(super) is_complete: bool,
    /// It has entries.
    pub(super) has_news: bool,
    /// More is held than before of the sequence that was held, or this was the first answer of all.
    pub(super) goes_on: bool,
}

impl Held {
    /// Takes an answer in. `asked_at` is when its question was asked, in milliseconds of the steady clock;
    /// `now` the time in seconds.
    pub(super) fn take(
        &self,
        answer: &Answer,
        asked_at: u64,
        now: u32,
    ) -> Result<Taken, TakeError> {
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        let sets = self.sets.load_full();
        let newest = sets.first().filter(|set| set.is_of(answer));
        // Whoever is lost asked from the beginning: as if nothing were held.
        let held = newest.filter(|_| !position.is_lost).map_or(0, |_| position.to);
        if answer.from > held {
            position.is_lost = true;
            return Err(TakeError::Gap { from: answer.from, held });
        }
        if answer.more && answer.to == held {
            return Err(TakeError::NoProgress);
        }
        let goes_on = sets.is_empty() || (newest.is_some() && answer.to > held);
        let set = match newest {
            Some(set) => Arc::clone(set),
            None => self.begin(&sets, answer),
        };
        for entry in &answer.entries {
            if entry.kind == Kind::TokenHash && set.begins_to_hash_tokens() {
                self.recent.hash_as(set.way_to_hash());
            }
            set.table.insert(entry.hash, entry.term);
            self.recent.add(entry.hash);
        }
        let has_news = !answer.entries.is_empty();
        // A database that was restored is behind where it was: from there it goes on.
        position.to = answer.to;
        position.is_lost = false;
        self.sequence.store(answer.to, Ordering::Relaxed);
        self.sweep(&mut position, now.min(answer.issued_at), asked_at);
        if !answer.more {
            self.known_as_of.fetch_max(asked_at.saturating_add(1), Ordering::Release);
        }
        Ok(Taken { is_complete: !answer.more, has_news, goes_on })
    }

    /// By what a token or session was taken back, if it was. Names that were hashed for another sequence
    /// are hashed again.
    pub(super) fn find(
        &self,
        called: &Called<'_>,
        hashed: Option<&HashedNames>,
    ) -> Option<Revoked> {
        self.sets.load().iter().find_map(|set| match hashed {
            Some(names) if names.way == set.way_to_hash() => set.find(called, names),
            _ => set.find(called, &set.hash(called)),
        })
    }

    /// Whether it is certain that none of these names came since that place.
    pub(super) fn brought_none_of(&self, names: &HashedNames, since: u64) -> bool {
        self.recent.has_none_of(names, since)
    }

    /// The names as the newest sequence hashes them.
    pub(super) fn hash(&self, called: &Called<'_>) -> Option<HashedNames> {
        Some(self.sets.load().first()?.hash(called))
    }

    /// What to say of it in a question: the name of the sequence, and up to where.
    pub(super) fn position(&self) -> Option<(Box<str>, u64)> {
        let position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        let epoch = self.sets.load().first()?.epoch.clone();
        (!position.is_lost).then_some((epoch, position.to))
    }

    /// The place after all that came: changes with everything that does.
    pub(super) fn end(&self) -> u64 {
        self.recent.end()
    }

    /// In milliseconds of the steady clock. Whoever looks something up asks for this first.
    pub(super) fn known_as_of(&self) -> Option<u64> {
        self.known_as_of.load(Ordering::Acquire).checked_sub(1)
    }

    pub(super) fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Relaxed)
    }

    pub(super) fn len(&self) -> usize {
        self.sets.load().iter().map(|set| set.table.len()).sum()
    }

    /// A set for a sequence that is not the newest: one that was before, or an empty one.
    fn begin(&self, sets: &[Arc<Set>], answer: &Answer) -> Arc<Set> {
        let known = sets.iter().find(|set| set.is_of(answer));
        let set = known.map_or_else(|| Arc::new(Set::of(answer)), Arc::clone);
        let others = sets.iter().filter(|other| !Arc::ptr_eq(other, &set));
        let kept = others.filter(|other| other.table.len() > 0).map(Arc::clone);
        self.sets.store(Arc::new(std::iter::once(Arc::clone(&set)).chain(kept).collect()));
        self.recent.hash_as(set.way_to_hash());
        set
    }

    /// Forgets, little by little, what ended.
    fn sweep(&self, position: &mut Position, now: u32, steady: u64) {
        let now = position.slowest.now(now, steady).saturating_sub(KEPT_BEYOND);
        let sets = self.sets.load_full();
        for _ in 0..PARTS_A_SWEEP {
            sets.iter().for_each(|set| set.table.sweep(position.sweep, now));
            position.sweep = position.sweep.wrapping_add(1);
        }
        if let Some((newest, older)) = sets.split_first()
            && older.iter().any(|set| set.table.len() == 0)
        {
            let kept = older.iter().filter(|set| set.table.len() > 0);
            self.sets
                .store(Arc::new(std::iter::once(newest).chain(kept).map(Arc::clone).collect()));
        }
    }
}
