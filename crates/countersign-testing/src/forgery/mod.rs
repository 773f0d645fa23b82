//! Tokens that ought to be refused, and their neighbours that ought not: a corpus of odd tokens and a
//! mutator, from one number.
//!
//! A forged token proves something about a check only when all the other checks pass, so almost
//! everything here is rightly signed after it was bent. The keys are published ones: HMAC and Ed25519
//! from the bytes `00 01 02 …`, P-384 from RFC 6979, the rest from Project Wycheproof.
//!
//! ```
//! use countersign_testing::forgery::{Corpus, Trust};
//!
//! let corpus = Corpus::new()?;
//! let forged = corpus.forge(7, 1);
//! assert_eq!(forged.text.lines().count(), 1);
//! assert!(Trust::ALL.contains(&forged.trust));
//! # Ok::<(), countersign_testing::forgery::KeyRingError>(())
//! ```
//!
//! The same seed and number give the same header and payload each time. Signatures of ES and PS differ
//! from run to run: their nonce and salt are the library's.

mod bend;
mod json_text;
mod key_ring;
mod odd;
mod seeds;
mod spelling;

use fastrand::Rng;

pub use key_ring::{KeyRing, KeyRingError, Trust};
pub use seeds::{AUDIENCE, ISSUER, NOW};

/// A header and a payload, and the key that is to sign them.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signer: &'static str,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// Signed when it is sent.
    Draft(Draft),
    /// Sent as it stands.
    Text(String),
}

/// A token to start from.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) trust: Trust,
    pub(crate) form: Form,
}

/// A token to judge.
#[derive(Clone, Debug)]
pub struct Forged {
    /// Whom it is shown to.
    pub trust: Trust,
    /// What is sent: one line.
    pub text: String,
    /// What was done to which seed.
    pub story: String,
}

/// The seeds and the keys that sign what is made of them.
pub struct Corpus {
    ring: KeyRing,
    seeds: Vec<Seed>,
}

impl Corpus {
    /// Reads the keys and makes the seeds.
    pub fn new() -> Result<Self, KeyRingError> {
        let ring = KeyRing::new()?;
        let seeds = seeds::all(&ring);
        Ok(Self { ring, seeds })
    }

    /// The keys.
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The seeds themselves, in their order.
    pub fn seeds(&self) -> impl ExactSizeIterator<Item = Forged> {
        self.seeds.iter().map(|seed| Forged {
            trust: seed.trust,
            text: match &seed.form {
                Form::Draft(draft) => self.ring.sign(draft),
                Form::Text(text) => text.clone(),
            },
            story: seed.name.clone(),
        })
    }

    /// The token with this number among those of a seed of chance.
    pub fn forge(&self, chance: u64, number: u64) -> Forged {
        let mut rng = Rng::with_seed(chance ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let seed = &self.seeds[rng.usize(..self.seeds.len())];
        let mut story = vec![seed.name.as_str()];
        let text = match &seed.form {
            Form::Text(text) => {
                let mut text = text.clone();
                for _ in 0..rng.u8(1..=2) {
                    story.push(spelling::bend_token(&mut text, &mut rng));
                }
                text
            }
            Form::Draft(draft) => self.bend_and_sign(draft.clone(), &mut story, &mut rng),
        };
        let text = text.replace(['\n', '\r'], "~");
        Forged { trust: seed.trust, text, story: story.join(" + ") }
    }

    /// Eight of ten are bent as JSON and signed, one is bent as base64url and signed, one is bent after
    /// it was signed.
    fn bend_and_sign(&self, mut draft: Draft, story: &mut Vec<&str>, rng: &mut Rng) -> String {
        let way = rng.u8(..10);
        if way < 8 || rng.bool() {
            for _ in 0..bend::pick(&[1, 1, 1, 1, 2, 2, 3], rng) {
                story.push(bend::bend(&mut draft, &self.ring, rng));
            }
        }
        match way {
            0..8 => self.ring.sign(&draft),
            8 => {
                let mut signed = KeyRing::signed_text(&draft);
                story.push(spelling::bend_signed_text(&mut signed, rng));
                self.ring.sign_text(&signed, draft.signer)
            }
            _ => {
                let mut text = self.ring.sign(&draft);
                story.push(spelling::bend_token(&mut text, rng));
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_three_hundred_seeds_and_no_two_are_alike() {
        let corpus = Corpus::new().expect("the keys are readable");
        let mut names: Vec<_> = corpus.seeds.iter().map(|seed| seed.name.clone()).collect();
        assert_eq!(names.len(), 300);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 300);
    }

    #[test]
    fn a_number_makes_the_same_forgery_each_time() {
        let corpus = Corpus::new().expect("the keys are readable");
        for number in 0..500 {
            let (one, other) = (corpus.forge(1, number), corpus.forge(1, number));
            assert_eq!(one.story, other.story);
            let same = one.text == other.text;
            let drawn = ["ES", "PS", "another key"].iter().any(|drawn| one.story.contains(drawn));
            assert!(same || drawn, "{}", one.story);
        }
    }
}
