//! Rows whose time is over, removed a few at a time: no statement holds many rows for long.

use jiff::Timestamp;

use crate::{
    Database, StoreError, date,
    sql::{Expr, ExprTrait, Order, Query},
};

/// How many rows are looked at in one step.
const STEP: u64 = 500;

/// A table of rows that end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Sessions.
    Sessions,
    /// What somebody has to bring back in time.
    Verifications,
    /// Refresh tokens, used or not.
    RefreshTokens,
    /// Families of refresh tokens.
    RefreshFamilies,
    /// Names of tokens that count once.
    SpentTokens,
}

impl Ending {
    fn table(self) -> &'static str {
        match self {
            Self::Sessions => "session",
            Self::Verifications => "verification",
            Self::RefreshTokens => "refreshToken",
            Self::RefreshFamilies => "refreshFamily",
            Self::SpentTokens => "spentToken",
        }
    }
}

/// Removes the rows that ended before `before`; how many there were.
///
/// The table is walked once, in the order of its ids. A step looks at 500 rows and removes
/// those of them that are over, whether many are or none: each is short.
pub async fn purge(
    database: &Database,
    rows: Ending,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let mut after: Option<String> = None;
    let mut removed = 0;
    loop {
        let behind = after.map(|after| Expr::col("id").gt(after));
        let select = Query::select()
            .column("id")
            .from(rows.table())
            .and_where_option(behind.clone())
            .order_by("id", Order::Asc)
            .limit(1)
            .offset(STEP - 1)
            .take();
        let last = database.fetch_optional(&select).await?;
        let last = last.map(|row| row.text("id")).transpose()?;
        let delete = Query::delete()
            .from_table(rows.table())
            .and_where(Expr::col("expiresAt").lt(date(before)))
            .and_where_option(behind)
            .and_where_option(last.clone().map(|last| Expr::col("id").lte(last)))
            .take();
        removed += database.execute(&delete).await?;
        if last.is_none() {
            return Ok(removed);
        }
        after = last;
        tokio::task::yield_now().await;
    }
}
