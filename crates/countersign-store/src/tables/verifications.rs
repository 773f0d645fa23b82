//! The table `verification`: what somebody has to bring back once, before its time is over.
//!
//! An identifier such as `reset-password:<token>` leads to a value such as a user's id. Nothing says
//! that identifiers are unique; the newest row counts. A row is spent by [`consume`]: of several
//! callers at once, one touches a row, and only that one may go on.

use jiff::Timestamp;

use crate::{
    Cells, Database, StoreError, date,
    sql::{DeleteStatement, Expr, ExprTrait, InsertStatement, Order, Query},
};

/// Something to be brought back. No `Debug`: the identifier of most holds a token.
#[derive(Clone)]
pub struct Verification {
    /// The row's own id.
    pub id: String,
    /// What it is for, and the token.
    pub identifier: String,
    /// What it leads to.
    pub value: String,
    /// After that it leads nowhere.
    pub expires_at: Timestamp,
    /// When it was made; the newest of an identifier counts.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: [&str; 6] = ["id", "identifier", "value", "expiresAt", "createdAt", "updatedAt"];

fn read(cells: &mut Cells) -> Result<Verification, StoreError> {
    Ok(Verification {
        id: cells.text()?,
        identifier: cells.text()?,
        value: cells.text()?,
        expires_at: cells.timestamp()?,
        created_at: cells.timestamp()?,
        updated_at: cells.timestamp()?,
    })
}

/// The newest row of this identifier, unless its time is over at `now`.
pub async fn find_live(
    database: &Database,
    identifier: &str,
    now: Timestamp,
) -> Result<Option<Verification>, StoreError> {
    // Part of it comes out of a link, and PostgreSQL refuses texts with NUL.
    if identifier.contains('\0') {
        return Ok(None);
    }
    let select = Query::select()
        .columns(COLUMNS)
        .from("verification")
        .and_where(Expr::col("identifier").eq(identifier))
        .order_by("createdAt", Order::Desc)
        .limit(1)
        .take();
    let row = database.fetch_optional(&select).await?;
    let found = row.map(|row| read(&mut row.into_cells())).transpose()?;
    // A database that folds case finds a token in other letters, too.
    Ok(found.filter(|found| found.expires_at >= now && found.identifier == identifier))
}

/// Adds a row.
pub fn insert(verification: &Verification) -> InsertStatement {
    Query::insert()
        .into_table("verification")
        .columns(COLUMNS)
        .values_panic([
            verification.id.as_str().into(),
            verification.identifier.as_str().into(),
            verification.value.as_str().into(),
            date(verification.expires_at).into(),
            date(verification.created_at).into(),
            date(verification.updated_at).into(),
        ])
        .take()
}

/// Spends what was found: it and older rows of its identifier go. Who touches no row came too late.
pub fn consume(found: &Verification) -> DeleteStatement {
    Query::delete()
        .from_table("verification")
        .and_where(Expr::col("identifier").eq(found.identifier.as_str()))
        .and_where(Expr::col("createdAt").lte(date(found.created_at)))
        .take()
}

/// Removes every row whose time is over.
pub fn delete_expired(now: Timestamp) -> DeleteStatement {
    Query::delete()
        .from_table("verification")
        .and_where(Expr::col("expiresAt").lt(date(now)))
        .take()
}
