//! Rows whose time is over, removed a batch at a time: no statement holds many rows for long.

use jiff::Timestamp;

use crate::{
    Database, StoreError, date,
    sql::{Expr, ExprTrait, Query},
};

/// Rows of one batch.
const BATCH: u64 = 500;

/// Removes sessions and verifications that ended before `before`; how many there were.
pub async fn purge(database: &Database, before: Timestamp) -> Result<u64, StoreError> {
    let mut removed = 0;
    for table in ["session", "verification"] {
        removed += purge_table(database, table, before).await?;
    }
    Ok(removed)
}

async fn purge_table(
    database: &Database,
    table: &'static str,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let is_over = || Expr::col("expiresAt").lt(date(before));
    let select = Query::select().column("id").from(table).and_where(is_over()).limit(BATCH).take();
    let mut removed = 0;
    loop {
        let rows = database.fetch_all(&select).await?;
        let ids = rows.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, _>>()?;
        let found = ids.len() as u64;
        if found == 0 {
            return Ok(removed);
        }
        // A session that was extended meanwhile is not over any more.
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col("id").is_in(ids))
            .and_where(is_over())
            .take();
        removed += database.execute(&delete).await?;
        if found < BATCH {
            return Ok(removed);
        }
    }
}
