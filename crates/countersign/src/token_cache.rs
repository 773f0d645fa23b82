//! Tokens that were verified a moment ago, so that the next request with one costs no signature check.
//!
//! An entry is good for exactly the token it was made of, compared in full, and only while all of this
//! holds; otherwise the token is verified anew:
//!
//! * the time is within `verified_at` (a clock that was set back decides anew) and the end of the token;
//! * the keys are those it was verified with: another fetch of a key set is another generation, so a
//!   withdrawn key takes its tokens along;
//! * nothing was revoked since, or what was revoked was looked through again.
//!
//! Only tokens that passed get in; failures never. The cache has a fixed number of places, four for each
//! hash; a token whose places are taken gets that of the one that ends first. Reading takes no lock and
//! allocates nothing. Where a token is placed depends on a secret of this process.

use std::{
    hash::BuildHasher,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use foldhash::quality::RandomState;
use jiff::Timestamp;

use crate::{feed::HashedNames, held_against::HeldAgainst, identity::Identity};

/// How many tokens are remembered unless [`GuardBuilder::cached_tokens`] says otherwise.
///
/// [`GuardBuilder::cached_tokens`]: crate::GuardBuilder::cached_tokens
pub const DEFAULT_CACHED_TOKENS: usize = 4096;

/// Places for each hash.
const WAYS: usize = 4;

pub(crate) struct TokenCache {
    hasher: RandomState,
    /// A power of two, or none.
    places: Box<[[Place; WAYS]]>,
}

/// A place with the hash of its token, so that the others need not be looked at.
#[derive(Default)]
struct Place {
    hash: AtomicU64,
    token: ArcSwapOption<VerifiedToken>,
}

/// A token that was good.
pub(crate) struct VerifiedToken {
    pub(crate) token: Box<str>,
    /// The index of its issuer.
    pub(crate) issuer: usize,
    pub(crate) identity: Identity,
    /// As the feed of its issuer hashes them.
    pub(crate) names: Option<HashedNames>,
    pub(crate) verified_at: Timestamp,
    /// From here on it has expired or is too old, leeway included.
    pub(crate) ends_at: Timestamp,
    pub(crate) key_generation: u64,
    /// What was taken back that it was last held against.
    pub(crate) held_against: HeldAgainst,
}

impl VerifiedToken {
    /// Whether the verdict still stands, but for revocations.
    pub(crate) fn holds(&self, key_generation: u64, now: Timestamp) -> bool {
        self.key_generation == key_generation && (self.verified_at..self.ends_at).contains(&now)
    }
}

impl TokenCache {
    /// Room for at least so many tokens; none for zero.
    pub(crate) fn with_room_for(tokens: usize) -> Self {
        let buckets = match tokens {
            0 => 0,
            _ => tokens.div_ceil(WAYS).next_power_of_two(),
        };
        let places = std::iter::repeat_with(Default::default).take(buckets).collect();
        Self { hasher: RandomState::default(), places }
    }

    pub(crate) fn get(&self, token: &str) -> Option<Arc<VerifiedToken>> {
        let hash = self.hasher.hash_one(token);
        let mut places = self.bucket(hash)?.iter();
        places.find_map(|place| {
            if place.hash.load(Ordering::Relaxed) != hash {
                return None;
            }
            let held = place.token.load();
            held.as_ref().filter(|held| *held.token == *token).map(Arc::clone)
        })
    }

    pub(crate) fn insert(&self, verified: VerifiedToken, now: Timestamp) {
        let hash = self.hasher.hash_one(&*verified.token);
        let Some(bucket) = self.bucket(hash) else { return };
        let worth = |place: &&Place| {
            let held = place.token.load();
            match held.as_ref() {
                None => Timestamp::MIN,
                Some(held) if held.token == verified.token || held.ends_at <= now => Timestamp::MIN,
                Some(held) => held.ends_at,
            }
        };
        if let Some(place) = bucket.iter().min_by_key(worth) {
            place.token.store(Some(Arc::new(verified)));
            place.hash.store(hash, Ordering::Relaxed);
        }
    }

    fn bucket(&self, hash: u64) -> Option<&[Place; WAYS]> {
        let mask = self.places.len().checked_sub(1)?;
        let index = usize::try_from(hash & u64::try_from(mask).ok()?).ok()?;
        self.places.get(index)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        hash::BuildHasher,
        sync::{Arc, atomic::Ordering},
    };

    use countersign_jwt::{SigningKey, Verifier};
    use jiff::Timestamp;
    use serde_json::json;

    use super::{TokenCache, VerifiedToken, WAYS};
    use crate::{held_against::HeldAgainst, identity::Identity};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn verified(user: &str, ends_at: i64) -> VerifiedToken {
        let key = SigningKey::hs256(&[7; 32]).expect("a key");
        let claims = json!({"iss": "i", "aud": "a", "sub": user, "iat": 0, "exp": ends_at});
        let token = key.sign(&claims).expect("a token");
        let keys = key.key_set().expect("keys");
        let claims = Verifier::new("i", "a").verify(&token, &keys, NOW).expect("claims");
        VerifiedToken {
            token: token.into(),
            issuer: 0,
            identity: Identity::new(claims, &Arc::from("i"), &Arc::from([])),
            names: None,
            verified_at: NOW,
            ends_at: Timestamp::from_second(ends_at).expect("a time"),
            key_generation: 0,
            held_against: HeldAgainst::default(),
        }
    }

    fn remembered(cache: &TokenCache, tokens: &[Box<str>]) -> Vec<bool> {
        tokens.iter().map(|token| cache.get(token).is_some()).collect()
    }

    #[test]
    fn of_tokens_in_one_place_that_which_ends_first_makes_room() {
        for (now, new) in [(0, 25), (0, 5), (15, 50)] {
            let cache = TokenCache::with_room_for(WAYS);
            let four =
                [40, 10, 30, 20].map(|ends_at| verified(&format!("until-{ends_at}"), ends_at));
            let tokens = four.each_ref().map(|verified| verified.token.clone());
            for verified in four {
                cache.insert(verified, NOW);
            }
            assert_eq!(remembered(&cache, &tokens), [true; WAYS]);
            let fifth = verified("the-fifth", new);
            let token = fifth.token.clone();
            cache.insert(fifth, Timestamp::from_second(now).expect("a time"));
            assert!(cache.get(&token).is_some());
            assert_eq!(remembered(&cache, &tokens), [true, false, true, true], "at {now}");
        }
    }

    #[test]
    fn a_token_that_was_verified_anew_takes_the_place_it_had() {
        let cache = TokenCache::with_room_for(WAYS);
        let first = [40, 30].map(|ends_at| verified(&format!("until-{ends_at}"), ends_at));
        let tokens = first.each_ref().map(|verified| verified.token.clone());
        for verified in first {
            cache.insert(verified, NOW);
        }
        cache.insert(VerifiedToken { key_generation: 1, ..verified("until-40", 40) }, NOW);
        assert_eq!(remembered(&cache, &tokens), [true, true]);
        assert_eq!(cache.get(&tokens[0]).map(|held| held.key_generation), Some(1));
        let held = cache.places[0].iter().filter(|place| place.token.load().is_some());
        assert_eq!(held.count(), 2);
    }

    /// As a reader finds it while another token is being put there, or when two hashes are equal.
    #[test]
    fn t241_beside_the_right_hash_another_token_is_not_taken_for_the_right_one() {
        let cache = TokenCache::with_room_for(1);
        let alices = verified("alice", 60);
        let bobs: Box<str> = verified("bob", 60).token;
        cache.insert(alices, NOW);
        for place in &cache.places[0] {
            place.hash.store(cache.hasher.hash_one(&*bobs), Ordering::Relaxed);
        }
        assert!(cache.get(&bobs).is_none());
    }
}
