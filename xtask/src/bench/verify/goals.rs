//! What verification has to show. Figures of two libraries are compared within each round.

use super::{Report, page::LIMIT};
use crate::bench::{goal::Goal, rounds::Seen};

pub(super) const OURS: &str = "countersign, Verifier";
const CACHED: &str = "countersign, Guard, cached";
const OURS_IN_PYTHON: &str = "countersign for Python";
const FAST_JWT_CACHED: &str = "fast-jwt, cached";
const JSONWEBTOKENS: [&str; 2] = ["jsonwebtoken, aws_lc_rs", "jsonwebtoken, rust_crypto"];

const MIB: f64 = 1024.0 * 1024.0;

pub(super) fn of(report: &Report) -> Vec<Goal> {
    let seen = &report.seen;
    let times = |faster: &str, slower: &str, algorithm: &str| {
        seen.times(faster, slower, algorithm).map(|spread| spread.median)
    };
    let mut goals = vec![
        Goal::at_least(
            "HS256 beside the best jsonwebtoken",
            2.3,
            "times as fast",
            least(JSONWEBTOKENS.map(|other| times(OURS, other, "HS256"))),
        ),
        Goal::at_most(
            "HS256 beside the bare HMAC",
            2.8,
            "times its time",
            times(LIMIT, OURS, "HS256"),
        ),
    ];
    for algorithm in ["EdDSA", "ES256", "RS256"] {
        let name = format!("{algorithm} beside the bare signature check");
        let ratio = times(LIMIT, OURS, algorithm);
        goals.push(Goal::at_most(&name, 1.04, "times its time", ratio));
    }
    let algorithms = seen.algorithms();
    let hits = algorithms.iter().map(|algorithm| median(seen, CACHED, algorithm));
    let ratios = algorithms.iter().map(|algorithm| times(CACHED, FAST_JWT_CACHED, algorithm));
    let rate = least(hits);
    goals.extend([
        Goal::at_most("a cached hit, slowest algorithm", 0.30, "µs", rate.map(|rate| 1e6 / rate)),
        Goal::at_least("a cached hit beside fast-jwt's", 5.0, "times as fast", least(ratios)),
        Goal::at_least(
            "Python HS256 beside python-jose",
            6.0,
            "times as fast",
            times(OURS_IN_PYTHON, "python-jose", "HS256"),
        ),
        Goal::at_least(
            "Python EdDSA beside PyJWT",
            3.0,
            "times as fast",
            times(OURS_IN_PYTHON, "PyJWT", "EdDSA"),
        ),
        Goal::none(
            "allocations for a token seen before",
            report.allocations.values().copied().max().unwrap_or(u64::MAX),
        ),
        Goal::none(
            &format!("accepted of {} bad tokens", report.flood.sent),
            report.flood.accepted.iter().map(|(_class, accepted)| accepted).sum(),
        ),
        Goal::at_most(
            "memory that the bad tokens leave in use",
            8.0,
            "MiB",
            Some(report.flood.grown / MIB),
        ),
    ]);
    goals
}

/// The smallest; `None` when one is missing.
fn least(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    values.into_iter().reduce(|one, other| Some(one?.min(other?))).flatten()
}

fn median(seen: &Seen, library: &str, algorithm: &str) -> Option<f64> {
    let rates = seen.rates(library, algorithm)?;
    crate::bench::spread::Spread::of(rates.iter().copied()).map(|spread| spread.median)
}
