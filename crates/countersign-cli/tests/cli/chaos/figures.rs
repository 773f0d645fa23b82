//! How long it takes while nothing is wrong: from the 2xx answer to the refusal by the last of the guards.

use std::{fmt, time::Duration};

use super::{
    history::{Verdict, timed},
    people::People,
};

/// Of some times the one that half, 99 of 100, and all are not longer than.
pub(super) struct Times {
    count: usize,
    pub(super) median: Duration,
    p99: Duration,
    max: Duration,
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, .. } = self;
        let [median, p99, max] = [self.median, self.p99, self.max].map(|time| time.as_millis());
        write!(f, "{count} times: p50 {median} ms, p99 {p99} ms, longest {max} ms")
    }
}

impl Times {
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        Self { count: times.len(), median: at(50), p99: at(99), max: at(100) }
    }
}

/// Takes so many tokens back, one after the other.
pub(super) fn until_the_last_refuses(
    people: &People<'_>,
    count: usize,
    random: &mut fastrand::Rng,
) -> Times {
    let times = (0..count).map(|_| {
        let token = people.another_good_token(random);
        for guard in 0..people.guards.len() {
            while people.ask(guard, token, false) != Verdict::Accepted {}
        }
        while people.revoke(token, random).is_none() {}
        let ((), span) = timed(|| {
            let mut undecided: Vec<usize> = (0..people.guards.len()).collect();
            while !undecided.is_empty() {
                undecided.retain(|guard| people.ask(*guard, token, false) != Verdict::Revoked);
            }
        });
        span.ended.saturating_sub(span.begun)
    });
    Times::of(times.collect())
}
