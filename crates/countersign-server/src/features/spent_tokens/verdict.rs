//! The decision: whose token is it?

use countersign_store::{Database, StoreError, spent_tokens};

use super::{marks, spending::Spending};
use crate::{Auth, wire::ApiError};

/// Whether this attempt is the one that the token counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    First,
    Spent,
}

/// Spends the token, or finds who did.
pub(super) async fn spend(auth: &Auth, spending: &Spending) -> Result<Verdict, ApiError> {
    let known = marks::spender(auth, &spending.name).await;
    let spender = if let Some(known) = known {
        known
    } else {
        let spender = settle(auth.database(), spending).await?;
        marks::mark(auth, spending, spender.clone());
        spender
    };
    Ok(if spender == spending.attempt { Verdict::First } else { Verdict::Spent })
}

/// The attempt to which the row belongs. Where the row is there already it says whose it is, which may be this
/// attempt's from before an answer was lost.
async fn settle(database: &Database, spending: &Spending) -> Result<String, StoreError> {
    let Spending { name, attempt, until } = spending;
    match database.execute(&spent_tokens::insert(name.as_str(), attempt, *until)).await {
        Ok(_) => return Ok(attempt.clone()),
        Err(error) if error.is_duplicate() => {}
        Err(error) => return Err(error),
    }
    let spender = spent_tokens::attempt_of(database, name.as_str()).await?;
    spender.ok_or_else(|| StoreError::Unavailable("a row of spentToken went just now".to_owned()))
}
