//! `cargo xtask differential`: forged tokens, judged by our verifier and by others, that have to agree.
//!
//! The others are `jose` on Node, with the same policy, and our own Python package when it is
//! installed. The rules:
//!
//! * a token that we accept and `jose` refuses is a bug of ours;
//! * when both accept, the claims are the same;
//! * a token that `jose` accepts and we refuse is refused for a reason in [`STRICTER`], and a reason
//!   that no token shows is none;
//! * our Python package gives the verdict of our crate, to the word.

mod judges;
mod tally;
mod verdict;

use std::{fs, path::Path, thread};

use countersign_testing::{
    forgery::{Corpus, Forged, Trust},
    root,
};

use self::{judges::Judges, tally::Tally};
use crate::Outcome;

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// How many forged tokens.
    #[arg(long, default_value_t = Self::default().tokens)]
    tokens: u64,
    /// What all chance comes from.
    #[arg(long, default_value_t = Self::default().seed)]
    seed: u64,
}

/// What the test suite judges.
impl Default for Flags {
    fn default() -> Self {
        Self { tokens: ENOUGH, seed: 1 }
    }
}

/// Why we refuse what `jose` accepts, by our code.
const STRICTER: [(&str, &str); 10] = [
    ("expired", "a fraction of a second does not prolong a token"),
    ("invalid_claim", "claims have one type, also those that are optional or for others"),
    ("lives_too_long", "a token lives a day at most"),
    ("missing_subject", "an empty sub names nobody"),
    ("not_base64url", "one spelling per token: no padding, no spare bits, one alphabet"),
    ("not_strict_json", "no member twice, no NUL, limits of depth and width, only JSON's grammar"),
    ("not_yet_valid", "an iat in the future is a clock gone wrong, or a lie"),
    ("refused_header", "typ of another kind of token; jwk, cty and their like, used or not"),
    ("too_large", "8 KiB are enough for a token, and for an attacker"),
    ("unknown_key", "a token that names a key is not verified with a key without a name"),
];

/// From how many tokens on every reason has to show.
const ENOUGH: u64 = 100_000;

/// How many tokens are in memory at once.
const ROUND: u64 = 100_000;

pub(crate) fn run(flags: &Flags) -> Outcome {
    let folder = root().join("target/differential");
    fs::create_dir_all(&folder)?;
    let corpus = Corpus::new()?;
    let judges = Judges::new(&corpus, &folder)?;
    let mut tally = Tally::default();
    judge(corpus.seeds().collect(), &judges, &folder, &mut tally)?;
    let mut from = 0;
    while from < flags.tokens {
        let to = flags.tokens.min(from + ROUND);
        judge(forge(&corpus, flags.seed, from, to), &judges, &folder, &mut tally)?;
        from = to;
    }
    println!("   seed {}, {} forged tokens, judges: {}", flags.seed, flags.tokens, judges.names());
    tally.report();
    tally.conclude(flags.tokens >= ENOUGH)
}

/// The tokens with these numbers, made by two threads.
fn forge(corpus: &Corpus, seed: u64, from: u64, to: u64) -> Vec<Forged> {
    let middle = u64::midpoint(from, to);
    thread::scope(|scope| {
        let half = scope.spawn(move || -> Vec<Forged> {
            (middle..to).map(|number| corpus.forge(seed, number)).collect()
        });
        let mut forged: Vec<Forged> =
            (from..middle).map(|number| corpus.forge(seed, number)).collect();
        forged.extend(half.join().expect("a forger does not panic"));
        forged
    })
}

fn judge(forged: Vec<Forged>, judges: &Judges, folder: &Path, tally: &mut Tally) -> Outcome {
    let mut shown: Vec<(Trust, Vec<Forged>)> =
        Trust::ALL.into_iter().map(|trust| (trust, Vec::new())).collect();
    for token in forged {
        let place = shown.iter_mut().find(|(trust, _)| *trust == token.trust);
        place.expect("every trust has a place").1.push(token);
    }
    let hearings: Result<Vec<_>, _> =
        shown.iter().map(|(trust, tokens)| judges.hear(*trust, tokens, folder)).collect();
    for (hearing, (_, tokens)) in hearings?.into_iter().zip(&shown) {
        let verdicts = hearing.verdicts()?;
        for (index, token) in tokens.iter().enumerate() {
            tally.add(token, verdicts.iter().map(|(judge, lines)| (*judge, &lines[index])));
        }
    }
    Ok(())
}
