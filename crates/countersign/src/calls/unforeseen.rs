//! What makes a question one of its own.

use uuid::{Builder, Uuid};

/// A number that nobody can foresee: as the nonce of a question, so that no answer can be older; as the name of an
/// attempt, so that no other one has it.
///
/// From the operating system each time: a generator in this process's memory would be copied by a fork, and both
/// processes would go on with the same numbers.
///
/// # Panics
///
/// When the operating system has no randomness to give: there is no safe way on.
#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "no test may foresee what no attacker may; without randomness there is no safe way on"
)]
pub(crate) fn unforeseen() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system has no randomness to give");
    Builder::from_random_bytes(bytes).into_uuid()
}
