//! The table `spentToken`: names of tokens that count once, each with the attempt that spent it.
//!
//! The name is the id, so of all who insert it one does: no two rows share an id, on any database.

use jiff::Timestamp;

use crate::{
    Database, StoreError, date,
    sql::{Expr, ExprTrait, InsertStatement, Query},
};

const TABLE: &str = "spentToken";

/// Spends a name. A duplicate where it was spent before.
pub fn insert(name: &str, attempt: &str, expires_at: Timestamp) -> InsertStatement {
    Query::insert()
        .into_table(TABLE)
        .columns(["id", "attempt", "expiresAt"])
        .values_panic([name.into(), attempt.into(), date(expires_at).into()])
        .take()
}

/// The attempt that spent a name, if one did.
pub async fn attempt_of(database: &Database, name: &str) -> Result<Option<String>, StoreError> {
    let select =
        Query::select().column("attempt").from(TABLE).and_where(Expr::col("id").eq(name)).take();
    database.fetch_optional(&select).await?.map(|row| row.text("attempt")).transpose()
}
