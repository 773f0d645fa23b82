//! What makes a question one of its own.

use uuid::Uuid;

/// A number that nobody can foresee: as the nonce of a question, so that no answer can be older.
pub(crate) fn unforeseen() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "no test may foresee what no attacker may")]
    Uuid::new_v4()
}
