//! The table `account`: the ways a user can sign in. A password is the account whose provider is
//! `credential` and whose account id is the user's id.

use jiff::Timestamp;

use crate::{
    Cells, Database, StoreError, date,
    sql::{
        Condition, DeleteStatement, Expr, ExprTrait, InsertStatement, Query, SelectStatement,
        UpdateStatement,
    },
};

/// The provider of accounts that hold a password.
const CREDENTIAL: &str = "credential";

/// The most accounts of one user that are listed, as Better Auth's adapter does.
const LIST_LIMIT: u64 = 100;

/// A way to sign in, without what it is proven by: no password, no tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The row's own id.
    pub id: String,
    /// The provider's name for the user.
    pub account_id: String,
    /// `credential`, or a provider such as `github`.
    pub provider_id: String,
    /// Whose account it is.
    pub user_id: String,
    /// What the provider granted, comma-separated.
    pub scope: Option<String>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: [&str; 7] =
    ["id", "accountId", "providerId", "userId", "scope", "createdAt", "updatedAt"];

fn read(cells: &mut Cells) -> Result<Account, StoreError> {
    Ok(Account {
        id: cells.text()?,
        account_id: cells.text()?,
        provider_id: cells.text()?,
        user_id: cells.text()?,
        scope: cells.optional_text()?,
        created_at: cells.timestamp()?,
        updated_at: cells.timestamp()?,
    })
}

/// The accounts of a user; at most 100, in the order they were made.
pub async fn list(database: &Database, user_id: &str) -> Result<Vec<Account>, StoreError> {
    let select = Query::select()
        .columns(COLUMNS)
        .from("account")
        .and_where(Expr::col("userId").eq(user_id))
        .limit(LIST_LIMIT)
        .take();
    let rows = database.fetch_all(&select).await?;
    rows.into_iter().map(|row| read(&mut row.into_cells())).collect()
}

/// The ids of a user's accounts, one in the column `id` of each row.
pub fn ids_of(user_id: &str) -> SelectStatement {
    Query::select().column("id").from("account").and_where(Expr::col("userId").eq(user_id)).take()
}

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

/// The row of a user's password. A row of this provider under another account id is none, as in Better Auth.
fn is_password_of(user_id: &str) -> Condition {
    Condition::all()
        .add(Expr::col("userId").eq(user_id))
        .add(Expr::col("providerId").eq(CREDENTIAL))
        .add(Expr::col("accountId").eq(user_id))
}

/// The stored password of a user: `None` when there is no password account or it holds none.
pub async fn password_of(database: &Database, user_id: &str) -> Result<Option<String>, StoreError> {
    let select = Query::select()
        .column("password")
        .from("account")
        .cond_where(is_password_of(user_id))
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

/// Puts another hash where `old` is still the stored one; touches no row when it is not.
pub fn replace_password(user_id: &str, old: &str, new: &str, now: Timestamp) -> UpdateStatement {
    Query::update()
        .table("account")
        .value("password", new)
        .value("updatedAt", date(now))
        .cond_where(is_password_of(user_id))
        .and_where(Expr::col("password").eq(old))
        .take()
}

/// Puts this hash whatever is stored; touches no row when the user has no password account.
pub fn set_password(user_id: &str, hash: &str, now: Timestamp) -> UpdateStatement {
    Query::update()
        .table("account")
        .value("password", hash)
        .value("updatedAt", date(now))
        .cond_where(is_password_of(user_id))
        .take()
}

/// Removes an account of this user; an id of somebody else's account touches no row.
pub fn delete_of_user(user_id: &str, id: &str) -> DeleteStatement {
    Query::delete()
        .from_table("account")
        .and_where(Expr::col("userId").eq(user_id))
        .and_where(Expr::col("id").eq(id))
        .take()
}

/// Removes every account of a user.
pub fn delete_all(user_id: &str) -> DeleteStatement {
    Query::delete().from_table("account").and_where(Expr::col("userId").eq(user_id)).take()
}
