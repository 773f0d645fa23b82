//! Private keys, opened once and kept by id.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use countersign_jwt::{Algorithm, SigningKey};
use countersign_store::signing_keys::SigningKeyRow;

use super::private_key;
use crate::at_rest::AtRest;

/// Keys by id; the rows say which of them still count.
pub(super) struct Opened {
    at_rest: AtRest,
    keys: Mutex<HashMap<String, Arc<SigningKey>>>,
    /// Those that could not be opened: each is told once.
    closed: Mutex<HashSet<String>>,
}

impl Opened {
    pub(super) fn new(at_rest: AtRest) -> Self {
        Self { at_rest, keys: Mutex::default(), closed: Mutex::default() }
    }

    pub(super) fn at_rest(&self) -> &AtRest {
        &self.at_rest
    }

    /// The key of a row, where it can be used.
    pub(super) fn key(&self, row: &SigningKeyRow, algorithm: Algorithm) -> Option<Arc<SigningKey>> {
        if let Some(key) = self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&row.id) {
            return Some(Arc::clone(key));
        }
        let jwk = match private_key::open(&self.at_rest, &row.private_key) {
            Ok(jwk) => jwk,
            Err(error) => {
                self.pass_over(row, &error);
                return None;
            }
        };
        match SigningKey::from_private_jwk(algorithm, &jwk) {
            Ok(key) => Some(self.keep(&row.id, key.with_kid(&row.id))),
            Err(error) => {
                self.pass_over(row, &error);
                None
            }
        }
    }

    pub(super) fn keep(&self, id: &str, key: SigningKey) -> Arc<SigningKey> {
        let key = Arc::new(key);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(id.to_owned(), Arc::clone(&key));
        key
    }

    /// Says once that a key signs nothing. It is still published, and tried again whenever the rows are read: the
    /// row may be put right.
    fn pass_over(&self, row: &SigningKeyRow, error: &dyn std::error::Error) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        if closed.insert(row.id.clone()) {
            tracing::error!(
                kid = row.id,
                %error,
                "a signing key cannot be opened; it signs nothing and is still published"
            );
        }
    }
}
