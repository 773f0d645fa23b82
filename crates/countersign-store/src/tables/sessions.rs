//! The table `session`: who is signed in, where, and until when.

use jiff::Timestamp;

pub use super::session_ends::{SessionEnd, ends_of_user, read_end};
use super::users::{self, User};
use crate::{
    AdditionalColumns, Cells, Database, Prepared, StoreError,
    additional::to_sql,
    date,
    schema::Column,
    sql::{DeleteStatement, Expr, ExprTrait, InsertStatement, Query, UpdateStatement},
};

/// The most sessions of one user that are listed, as Better Auth's adapter does.
const LIST_LIMIT: u64 = 100;

/// A signed-in browser or device.
///
/// The token is a credential: whoever holds it, signed, is the user. It therefore has no `Debug`,
/// and nor has this.
#[derive(Clone)]
pub struct Session {
    /// 32 letters and digits.
    pub id: String,
    /// From then on the session is over.
    pub expires_at: Timestamp,
    /// 32 letters and digits; unique.
    pub token: String,
    /// When the user signed in; how fresh a session is counts from here.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// The client's address; empty when unknown.
    pub ip_address: Option<String>,
    /// The client's `User-Agent`.
    pub user_agent: Option<String>,
    /// Whose session it is.
    pub user_id: String,
    /// What is in the columns that features added; those of a new one are
    /// [`Database::session_additional_columns`].
    pub additional: AdditionalColumns,
}

const COLUMNS: [&str; 8] =
    ["id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"];

fn read(cells: &mut Cells, additional: &[Column]) -> Result<Session, StoreError> {
    Ok(Session {
        id: cells.text()?,
        expires_at: cells.timestamp()?,
        token: cells.text()?,
        created_at: cells.timestamp()?,
        updated_at: cells.timestamp()?,
        ip_address: cells.optional_text()?,
        user_agent: cells.optional_text()?,
        user_id: cells.text()?,
        additional: AdditionalColumns::read(cells, additional)?,
    })
}

/// The statement of [`find_by_token`], for sessions and users with these columns beside the core's.
pub(crate) fn session_and_user(of_sessions: &[Column], of_users: &[Column]) -> Prepared {
    Prepared::new(
        &Query::select()
            .columns(COLUMNS.map(|column| ("session", column)))
            .columns(of_sessions.iter().map(|column| ("session", column.name)))
            .columns(users::COLUMNS.map(|column| ("user", column)))
            .columns(of_users.iter().map(|column| ("user", column.name)))
            .from("session")
            .inner_join("user", Expr::col(("user", "id")).equals(("session", "userId")))
            .and_where(Expr::col(("session", "token")).eq(""))
            .take(),
    )
}

/// The session with this token, and its user. Sessions that are over are found too.
pub async fn find_by_token(
    database: &Database,
    token: &str,
) -> Result<Option<(Session, User)>, StoreError> {
    let select = database.session_and_user().bind([token.into()]);
    let Some(mut cells) = database.fetch_cells(&select).await? else { return Ok(None) };
    let session = read(&mut cells, database.session_columns())?;
    let found = (session, users::read(&mut cells, database.user_columns())?);
    // MySQL's usual collations find a token in other letters, too.
    Ok(Some(found).filter(|(session, _)| session.token == token))
}

/// The sessions of a user that are not over at `now`; at most 100, in the order they were made.
pub async fn list_live(
    database: &Database,
    user_id: &str,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let additional = database.session_columns();
    let select = Query::select()
        .columns(COLUMNS)
        .columns(additional.iter().map(|column| column.name))
        .from("session")
        .and_where(Expr::col("userId").eq(user_id))
        .and_where(Expr::col("expiresAt").gt(date(now)))
        .limit(LIST_LIMIT)
        .take();
    let rows = database.fetch_all(&select).await?;
    rows.into_iter().map(|row| read(&mut row.into_cells(), additional)).collect()
}

/// The token and the user of the session with this id. A text that no id here could be is none.
pub async fn token_and_user_of(
    database: &Database,
    id: &str,
) -> Result<Option<(String, String)>, StoreError> {
    let select = Query::select()
        .columns(["id", "token", "userId"])
        .from("session")
        .and_where(Expr::col("id").eq(id))
        .take();
    let found = match database.fetch_optional(&select).await {
        Err(StoreError::Refused(_)) => None,
        found => found?,
    };
    let Some(row) = found else { return Ok(None) };
    let mut cells = row.into_cells();
    // MySQL's usual collations find an id in other letters, too.
    let is_it = cells.text()? == id;
    Ok(is_it.then_some((cells.text()?, cells.text()?)))
}

/// Whether a user has a session with this id that is not over at `now`.
pub async fn is_live(
    database: &Database,
    user_id: &str,
    id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let select = Query::select()
        .column("id")
        .from("session")
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("userId").eq(user_id))
        .and_where(Expr::col("expiresAt").gt(date(now)))
        .take();
    Ok(database.fetch_optional(&select).await?.is_some())
}

/// Adds a session.
pub fn insert(session: &Session) -> InsertStatement {
    let core = [
        session.id.as_str().into(),
        date(session.expires_at).into(),
        session.token.as_str().into(),
        date(session.created_at).into(),
        date(session.updated_at).into(),
        session.ip_address.clone().into(),
        session.user_agent.clone().into(),
        session.user_id.as_str().into(),
    ];
    let additional = session.additional.iter();
    let (names, values): (Vec<_>, Vec<_>) =
        additional.map(|(name, value)| (name, to_sql(value).into())).unzip();
    Query::insert()
        .into_table("session")
        .columns(COLUMNS.into_iter().chain(names))
        .values_panic(core.into_iter().chain(values))
        .take()
}

/// Moves the end of a session; touches no row when the session is gone.
pub fn extend(token: &str, expires_at: Timestamp, now: Timestamp) -> UpdateStatement {
    Query::update()
        .table("session")
        .value("expiresAt", date(expires_at))
        .value("updatedAt", date(now))
        .and_where(Expr::col("token").eq(token))
        .take()
}

/// Ends one session, whoever's it is: for a token that the caller holds.
pub fn delete(token: &str) -> DeleteStatement {
    Query::delete().from_table("session").and_where(Expr::col("token").eq(token)).take()
}

/// Ends one session and keeps its row.
pub fn end_row(token: &str, now: Timestamp) -> UpdateStatement {
    ended(now).and_where(Expr::col("token").eq(token)).take()
}

/// Ends the sessions with these tokens and keeps their rows.
pub fn end_these_rows(tokens: &[&str], now: Timestamp) -> UpdateStatement {
    ended(now).and_where(Expr::col("token").is_in(tokens.iter().copied())).take()
}

/// Rows that are over already keep the time of their end.
fn ended(now: Timestamp) -> UpdateStatement {
    Query::update()
        .table("session")
        .value("expiresAt", date(now))
        .and_where(Expr::col("expiresAt").gt(date(now)))
        .take()
}

/// Ends every session of a user.
pub fn delete_all(user_id: &str) -> DeleteStatement {
    Query::delete().from_table("session").and_where(Expr::col("userId").eq(user_id)).take()
}

/// Ends every session that began then or before.
pub fn delete_begun_before(moment: Timestamp) -> DeleteStatement {
    Query::delete().from_table("session").and_where(Expr::col("createdAt").lte(date(moment))).take()
}

/// Ends every session that began at `moment` or before, and keeps the rows.
pub fn end_begun_before(moment: Timestamp, now: Timestamp) -> UpdateStatement {
    ended(now).and_where(Expr::col("createdAt").lte(date(moment))).take()
}

/// Ends the sessions with these tokens.
pub fn delete_these(tokens: &[&str]) -> DeleteStatement {
    Query::delete()
        .from_table("session")
        .and_where(Expr::col("token").is_in(tokens.iter().copied()))
        .take()
}
