//! The next key, made and published: it signs nothing yet.
//!
//! Its id follows from the key before, so that of servers that make it at once the table takes one. Where that id has
//! a key that will not follow, because it ended or because this server cannot open it, the id that follows from that
//! one is next, and so on.

use countersign_jwt::{Algorithm, SigningKey};
use countersign_store::{
    Database, IdKind, StoreError,
    signing_keys::{self, SigningKeyRow},
};
use jiff::Timestamp;

use super::{
    life::{algorithm_of, id_of_successor, is_live, staged_at, staged_since},
    operate::OperateError,
    pair::Pairs,
    private_key,
};
use crate::{Entropy, at_rest::AtRest};

/// What the next key is made with.
pub(super) struct Staging<'a> {
    pub(super) database: &'a Database,
    pub(super) pairs: &'a Pairs,
    pub(super) algorithm: Algorithm,
    pub(super) at_rest: &'a AtRest,
    pub(super) entropy: &'a dyn Entropy,
    pub(super) now: Timestamp,
}

/// The key that is staged now, by its id.
pub(super) enum Staged {
    /// It was made here.
    Made(String),
    /// It was there.
    Known(String),
}

impl Staging<'_> {
    /// Makes and publishes the key after this one; not if another server did.
    pub(super) async fn after(&self, key: &SigningKeyRow) -> Result<Staged, OperateError> {
        let kind = self.database.id_kind("jwks");
        let mut id = id_of_successor(&key.id, kind);
        while let Some(row) = self.find(&id, kind).await? {
            if self.can_follow(&row) {
                return Ok(Staged::Known(row.id));
            }
            id = id_of_successor(&id, kind);
        }
        self.publish(&id).await
    }

    /// Makes and publishes a key of this id; not if another server did just now.
    pub(super) async fn publish(&self, id: &str) -> Result<Staged, OperateError> {
        let times = (staged_at(self.now), None);
        let (_, mut row) = self.pairs.make(id, times, self.at_rest, self.entropy)?;
        match self.database.insert("jwks", &signing_keys::insert(&row), &mut row.id).await {
            Ok(()) => Ok(Staged::Made(row.id)),
            Err(error) if error.is_duplicate() => Ok(Staged::Known(row.id)),
            Err(error) => Err(error.into()),
        }
    }

    /// Nothing where the database counts ids: none follows from another.
    async fn find(&self, id: &str, kind: IdKind) -> Result<Option<SigningKeyRow>, StoreError> {
        match kind {
            IdKind::Integer | IdKind::BigInteger => Ok(None),
            _ => signing_keys::find(self.database, id).await,
        }
    }

    fn can_follow(&self, row: &SigningKeyRow) -> bool {
        let opens = |algorithm| {
            let jwk = private_key::open(self.at_rest, &row.private_key).ok();
            jwk.is_some_and(|jwk| SigningKey::from_private_jwk(algorithm, &jwk).is_ok())
        };
        is_live(row, self.now)
            && staged_since(row).is_some()
            && algorithm_of(row, self.algorithm) == Some(self.algorithm)
            && opens(self.algorithm)
    }
}

impl Staged {
    pub(super) fn into_id(self) -> String {
        let (Self::Made(id) | Self::Known(id)) = self;
        id
    }
}
