//! What one sequence of a feed said, and how it hashes names.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{
    answer::Answer,
    names::{Called, HASHED, HashedNames, Kind, NameHasher},
    table::{Table, Term},
};
use crate::revocation::Revoked;

/// The bit of a [way to hash](Set::way_to_hash) in which tokens are hashed themselves.
const BY_HASH: u64 = 1;

/// The entries of one sequence.
pub(super) struct Set {
    /// No two have the same, in the whole process.
    number: u64,
    pub(super) epoch: Box<str>,
    names: NameHasher,
    pub(super) table: Table,
    /// Whether a token was ever taken back by its hash; hashing every token otherwise would be for nothing.
    by_hash: AtomicBool,
}

impl Set {
    pub(super) fn of(answer: &Answer) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            epoch: answer.epoch.clone(),
            names: NameHasher::new(answer.key),
            table: Table::default(),
            by_hash: AtomicBool::default(),
        }
    }

    pub(super) fn is_of(&self, answer: &Answer) -> bool {
        self.epoch == answer.epoch && self.names.has_key(&answer.key)
    }

    pub(super) fn hash(&self, called: &Called<'_>) -> HashedNames {
        let way = self.way_to_hash();
        let names = [called.token_id, called.session, Some(called.user)];
        let mut kinds = HASHED.into_iter();
        let hashes = names.map(|name| Some(self.names.hash(kinds.next()?, name?)));
        let token_hash = if way & BY_HASH == 0 { None } else { self.hash_token(called) };
        HashedNames { way, hashes, token_hash }
    }

    fn hash_token(&self, called: &Called<'_>) -> Option<u64> {
        let mut room = [0; 43];
        Some(self.names.hash(Kind::TokenHash, called.token_hash(&mut room)?))
    }

    /// From now on tokens are hashed themselves, too; whether they were not before.
    pub(super) fn begins_to_hash_tokens(&self) -> bool {
        !self.by_hash.swap(true, Ordering::AcqRel)
    }

    /// Differs from that of every other set, and changes when tokens are taken back by their hash for the
    /// first time.
    pub(super) fn way_to_hash(&self) -> u64 {
        let by_hash = if self.by_hash.load(Ordering::Acquire) { BY_HASH } else { 0 };
        self.number << 1 | by_hash
    }

    pub(super) fn find(&self, called: &Called<'_>, names: &HashedNames) -> Option<Revoked> {
        let view = self.table.view();
        // All are looked up before one is judged: so the looks into memory overlap.
        let terms = names.hashes.map(|hash| view.get(hash?));
        let meant = |term: Term| called.since <= term.before;
        let ended = HASHED.into_iter().zip(terms).find(|(_, term)| term.is_some_and(meant));
        if let Some((kind, _)) = ended {
            return Some(kind.revoked());
        }
        let hash = names.token_hash?;
        view.get(hash).is_some_and(meant).then(|| Kind::TokenHash.revoked())
    }
}
