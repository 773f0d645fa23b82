//! What is stored for a password: Better Auth's hash, or one of another system.
//!
//! A sign-in that fails costs the same whatever is stored: one hash as Better Auth's and, once a
//! hash of another system was seen, one of that kind. So nobody learns by the clock who has an
//! account, nor which accounts came from elsewhere, as long as those came from one system.

use std::{
    hint::black_box,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    foreign::{ForeignHash, Unusable},
    scrypt,
};
use crate::settings::FirebaseScrypt;

/// What became of comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Wrong,
    Right,
    /// Right, and stored in the form of another system.
    RightInAnotherForm,
}

/// Compares passwords with what is stored.
pub(super) struct Comparison {
    firebase: Option<FirebaseScrypt>,
    /// The last hash of another system, for equal work.
    seen: Mutex<Option<Arc<ForeignHash>>>,
}

impl Comparison {
    pub(super) fn new(firebase: Option<FirebaseScrypt>) -> Self {
        Self { firebase, seen: Mutex::default() }
    }

    /// Compares; an empty text is what is stored for nobody.
    pub(super) fn of(&self, password: &str, stored: &str) -> Compared {
        if stored.is_empty() || scrypt::is_of_form(stored) {
            if scrypt::verify(password, stored) {
                return Compared::Right;
            }
            self.work_like_another_system(password);
            return Compared::Wrong;
        }
        match ForeignHash::parse(stored, self.firebase.as_ref()) {
            Ok(hash) => {
                let hash = Arc::new(hash);
                *self.seen() = Some(Arc::clone(&hash));
                if hash.is_of(password) {
                    return Compared::RightInAnotherForm;
                }
                scrypt::verify(password, "");
            }
            Err(unusable) => {
                tell(unusable);
                scrypt::verify(password, "");
                self.work_like_another_system(password);
            }
        }
        Compared::Wrong
    }

    fn work_like_another_system(&self, password: &str) {
        let seen = self.seen().clone();
        if let Some(hash) = seen {
            black_box(hash.is_of(password));
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Option<Arc<ForeignHash>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One line for the operator; the request's span says which sign-in it was.
fn tell(unusable: Unusable) {
    tracing::warn!(
        reason = %unusable,
        "a stored password hash cannot be used, so its user cannot sign in with a password"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const BCRYPT: &str = "$2b$04$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

    #[test]
    fn t190_what_cannot_be_read_is_the_hash_of_no_password_and_nothing_panics() {
        let comparison = Comparison::new(None);
        let long = "$".repeat(1_000_000);
        for stored in
            ["abc", ":", "salt:", ":key", "$2b$04$", "$2b$99$é", "é".repeat(30).as_str(), &long]
        {
            assert_eq!(comparison.of("abc", stored), Compared::Wrong, "{stored:.20}");
            assert_eq!(comparison.of(stored, stored), Compared::Wrong, "{stored:.20}");
        }
    }

    #[test]
    fn t175_nobody_and_a_wrong_password_cost_a_hash_of_the_other_system_once_one_was_seen() {
        let comparison = Comparison::new(None);
        assert_eq!(comparison.of("wrong", ""), Compared::Wrong);
        assert!(comparison.seen().is_none());
        assert_eq!(comparison.of("wrong", BCRYPT), Compared::Wrong);
        let seen = comparison.seen().clone().expect("it was seen");
        assert_eq!(comparison.of("wrong", ""), Compared::Wrong);
        assert_eq!(Arc::strong_count(&seen), 2);
    }
}
