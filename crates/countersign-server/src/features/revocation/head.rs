//! The head of the sequence: its name, the key of its hashes, and the number of its last entry.

use countersign_store::{
    Database, StoreError, Transaction,
    revocations::{self, Head},
};

use super::entry::HashKey;
use crate::{Entropy, entropy::random_id};

/// Moves the head on by so many entries, if by any, and keeps it: whoever else does so waits for the commit.
pub(super) async fn advance(
    transaction: &mut Transaction,
    entries: usize,
    entropy: &dyn Entropy,
) -> Result<Option<Head>, StoreError> {
    let Ok(count @ 1..) = i64::try_from(entries) else { return Ok(None) };
    if transaction.execute(&revocations::advance(count)).await? == 0 {
        transaction.execute(&revocations::begin(&first_head(entropy))).await?;
        transaction.execute(&revocations::advance(count)).await?;
    }
    revocations::head_in(transaction).await?.ok_or_else(no_head).map(Some)
}

/// The head, made where there is none.
pub(super) async fn head(database: &Database, entropy: &dyn Entropy) -> Result<Head, StoreError> {
    if let Some(head) = revocations::head(database).await? {
        return Ok(head);
    }
    match database.execute(&revocations::begin(&first_head(entropy))).await {
        Ok(_) => {}
        Err(error) if error.is_duplicate() => {}
        Err(error) => return Err(error),
    }
    revocations::head(database).await?.ok_or_else(no_head)
}

fn first_head(entropy: &dyn Entropy) -> Head {
    let mut key = [0; 16];
    entropy.fill(&mut key);
    Head { epoch: random_id(entropy), key: HashKey::new(key).to_text(), sequence: 0 }
}

fn no_head() -> StoreError {
    StoreError::Unavailable("the table revocationHead was emptied just now".to_owned())
}
