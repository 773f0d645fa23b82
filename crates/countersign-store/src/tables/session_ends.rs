//! The table `session`, as far as whoever ends the sessions of a user needs to know it.

use jiff::Timestamp;

use crate::{
    Row, StoreError,
    sql::{Expr, ExprTrait, LockType, Query, SelectStatement},
};

/// The sessions of a user by id, each with when it is over: for a transaction that ends them, and
/// [`read_end`]. Nobody else ends one of them until the transaction does.
pub fn ends_of_user(user_id: &str) -> SelectStatement {
    Query::select()
        .columns(["id", "token", "expiresAt"])
        .from("session")
        .and_where(Expr::col("userId").eq(user_id))
        .lock(LockType::Update)
        .take()
}

/// A session, as far as whoever ends it needs to know it. No `Debug`: the token is a credential.
pub struct SessionEnd {
    /// Its id.
    pub id: String,
    /// Its token.
    pub token: String,
    /// From then on it is over.
    pub expires_at: Timestamp,
}

/// A row of [`ends_of_user`].
pub fn read_end(row: Row) -> Result<SessionEnd, StoreError> {
    let mut cells = row.into_cells();
    Ok(SessionEnd { id: cells.text()?, token: cells.text()?, expires_at: cells.timestamp()? })
}
