//! The table `account`: the ways a user can sign in. A password is the account whose provider is
//! `credential` and whose account id is the user's id.

use jiff::Timestamp;

use crate::{
    Database, StoreError, date,
    sql::{Expr, ExprTrait, InsertStatement, Query},
};

/// The provider of accounts that hold a password.
const CREDENTIAL: &str = "credential";

/// A password account, ready to be added.
pub struct CredentialAccount<'a> {
    /// The row's own id.
    pub id: &'a str,
    /// Whose password it is.
    pub user_id: &'a str,
    /// `salt:key`, both in hexadecimal.
    pub password_hash: &'a str,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The stored password of a user: `None` when there is no password account or it holds none.
pub async fn password_of(database: &Database, user_id: &str) -> Result<Option<String>, StoreError> {
    let select = Query::select()
        .column("password")
        .from("account")
        .and_where(Expr::col("userId").eq(user_id))
        .and_where(Expr::col("providerId").eq(CREDENTIAL))
        .take();
    match database.fetch_optional(&select).await? {
        Some(row) => row.optional_text("password"),
        None => Ok(None),
    }
}

/// Adds a password account.
pub fn insert_credential(account: &CredentialAccount<'_>) -> InsertStatement {
    Query::insert()
        .into_table("account")
        .columns(["id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt"])
        .values_panic([
            account.id.into(),
            account.user_id.into(),
            CREDENTIAL.into(),
            account.user_id.into(),
            account.password_hash.into(),
            date(account.created_at).into(),
            date(account.created_at).into(),
        ])
        .take()
}
