//! The table `account`, but for passwords: accounts of users at identity providers, with the tokens that the
//! provider gave.

use jiff::Timestamp;

use crate::{
    Database, Row, StoreError, Transaction, date,
    sql::{Expr, ExprTrait, InsertStatement, Query, SelectStatement, UpdateStatement, Value},
};

/// An account of a user, at whichever provider. Without the password.
///
/// Its tokens are credentials; it therefore has no `Debug`.
#[derive(Clone)]
pub struct Account {
    /// The row's own id.
    pub id: String,
    /// Who the user is at the provider.
    pub account_id: String,
    /// Which provider.
    pub provider_id: String,
    /// Whose account it is here.
    pub user_id: String,
    /// What the provider gave.
    pub tokens: ProviderTokens,
    /// What the tokens are good for: names, separated by commas.
    pub scope: Option<String>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
}

/// Tokens of a provider, as they are stored. What is absent was not given.
#[derive(Clone, Default)]
pub struct ProviderTokens {
    /// For the provider's interfaces; encrypted where the caller does so.
    pub access_token: Option<String>,
    /// For new access tokens; encrypted where the caller does so.
    pub refresh_token: Option<String>,
    /// What the provider said of the user.
    pub id_token: Option<String>,
    /// When the access token ends.
    pub access_token_expires_at: Option<Timestamp>,
    /// When the refresh token ends.
    pub refresh_token_expires_at: Option<Timestamp>,
}

const COLUMNS: [&str; 12] = [
    "id",
    "accountId",
    "providerId",
    "userId",
    "accessToken",
    "refreshToken",
    "idToken",
    "accessTokenExpiresAt",
    "refreshTokenExpiresAt",
    "scope",
    "createdAt",
    "updatedAt",
];

/// Reads a row of [`select_of_user`].
fn read(row: Row) -> Result<Account, StoreError> {
    let mut cells = row.into_cells();
    Ok(Account {
        id: cells.text()?,
        account_id: cells.text()?,
        provider_id: cells.text()?,
        user_id: cells.text()?,
        tokens: ProviderTokens {
            access_token: cells.optional_text()?,
            refresh_token: cells.optional_text()?,
            id_token: cells.optional_text()?,
            access_token_expires_at: cells.optional_timestamp()?,
            refresh_token_expires_at: cells.optional_timestamp()?,
        },
        scope: cells.optional_text()?,
        created_at: cells.timestamp()?,
        updated_at: cells.timestamp()?,
    })
}

/// The accounts that are this one at this provider: one or none, unless the table was filled by
/// somebody else.
pub async fn find_of_key(
    database: &Database,
    provider_id: &str,
    account_id: &str,
) -> Result<Vec<Account>, StoreError> {
    let rows = database.fetch_all(&select_of_key(provider_id, account_id)).await?;
    read_of_key(rows, provider_id, account_id)
}

/// The same, as a transaction sees it.
pub async fn find_of_key_in(
    transaction: &mut Transaction,
    provider_id: &str,
    account_id: &str,
) -> Result<Vec<Account>, StoreError> {
    let rows = transaction.fetch_all(&select_of_key(provider_id, account_id)).await?;
    read_of_key(rows, provider_id, account_id)
}

fn select_of_key(provider_id: &str, account_id: &str) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from("account")
        .and_where(Expr::col("providerId").eq(provider_id))
        .and_where(Expr::col("accountId").eq(account_id))
        .take()
}

fn read_of_key(
    rows: Vec<Row>,
    provider_id: &str,
    account_id: &str,
) -> Result<Vec<Account>, StoreError> {
    let mut found = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // A database that folds case, or leaves out spaces at the end, finds other people's, too.
    found.retain(|found| found.provider_id == provider_id && found.account_id == account_id);
    Ok(found)
}

/// The accounts of a user.
pub fn select_of_user(user_id: &str) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from("account")
        .and_where(Expr::col("userId").eq(user_id))
        .take()
}

/// One account of this user by the row's id; none for a row of somebody else.
pub async fn find_of_user(
    database: &Database,
    user_id: &str,
    id: &str,
) -> Result<Option<Account>, StoreError> {
    // What a stranger sent is no value for a column of another type than text.
    let rows = database.fetch_all(&select_of_user(user_id)).await?;
    let accounts: Vec<_> = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(accounts.into_iter().find(|account| account.id == id))
}

/// Adds an account at a provider. Nothing else in the table is unique: whoever wants one account to be
/// linked once gives its row an id that follows from it, and the second insert fails with
/// [`StoreError::Duplicate`]; where the database counts ids, it has to be looked for under a lock.
pub fn insert(account: &Account) -> InsertStatement {
    let tokens = &account.tokens;
    Query::insert()
        .into_table("account")
        .columns(COLUMNS)
        .values_panic([
            account.id.as_str().into(),
            account.account_id.as_str().into(),
            account.provider_id.as_str().into(),
            account.user_id.as_str().into(),
            tokens.access_token.clone().into(),
            tokens.refresh_token.clone().into(),
            tokens.id_token.clone().into(),
            tokens.access_token_expires_at.map_or(Value::String(None), date).into(),
            tokens.refresh_token_expires_at.map_or(Value::String(None), date).into(),
            account.scope.clone().into(),
            date(account.created_at).into(),
            date(account.updated_at).into(),
        ])
        .take()
}

/// Writes the tokens that are there, and keeps the stored ones for those that are not. Touches no
/// row when the account is gone.
pub fn update_tokens(id: &str, tokens: &ProviderTokens, now: Timestamp) -> UpdateStatement {
    let texts = [
        ("accessToken", &tokens.access_token),
        ("refreshToken", &tokens.refresh_token),
        ("idToken", &tokens.id_token),
    ];
    let dates = [
        ("accessTokenExpiresAt", tokens.access_token_expires_at),
        ("refreshTokenExpiresAt", tokens.refresh_token_expires_at),
    ];
    let mut update = Query::update();
    update.table("account").value("updatedAt", date(now)).and_where(Expr::col("id").eq(id));
    for (column, text) in texts {
        if let Some(text) = text {
            update.value(column, text.as_str());
        }
    }
    for (column, when) in dates {
        if let Some(when) = when {
            update.value(column, date(when));
        }
    }
    update.take()
}

/// Writes what the tokens are good for.
pub fn update_scope(id: &str, scope: &str, now: Timestamp) -> UpdateStatement {
    Query::update()
        .table("account")
        .value("scope", scope)
        .value("updatedAt", date(now))
        .and_where(Expr::col("id").eq(id))
        .take()
}
