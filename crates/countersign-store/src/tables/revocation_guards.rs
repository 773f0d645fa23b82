//! The table `revocationGuard`: guards that said who they are, and how far each has followed.

use jiff::Timestamp;

use crate::{
    Database, Row, StoreError, date,
    sql::{DeleteStatement, Expr, ExprTrait, InsertStatement, Order, Query, UpdateStatement},
};

const TABLE: &str = "revocationGuard";

/// A guard that follows the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardRow {
    /// `<resource server>/<guard>`; unique.
    pub name: String,
    /// Whose credential it showed.
    pub resource_server: String,
    /// Which sequence it follows.
    pub epoch: String,
    /// Up to which number it has taken the entries in.
    pub sequence: i64,
    /// The ids of the keys that it holds, comma-separated, where it said so.
    pub kids: Option<String>,
    /// When it was heard of last.
    pub seen_at: Timestamp,
}

/// Guards that were heard of at `since` or later, by name.
pub async fn list(database: &Database, since: Timestamp) -> Result<Vec<GuardRow>, StoreError> {
    let select = Query::select()
        .columns(["name", "resourceServer", "epoch", "sequence", "kids", "seenAt"])
        .from(TABLE)
        .and_where(Expr::col("seenAt").gte(date(since)))
        .order_by("name", Order::Asc)
        .take();
    let rows = database.fetch_all(&select).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<GuardRow, StoreError> {
    Ok(GuardRow {
        name: row.text("name")?,
        resource_server: row.text("resourceServer")?,
        epoch: row.text("epoch")?,
        sequence: row.integer("sequence")?,
        kids: row.optional_text("kids")?,
        seen_at: row.timestamp("seenAt")?,
    })
}

/// Adds a guard. A duplicate where it is known.
pub fn insert(id: &str, guard: &GuardRow) -> InsertStatement {
    Query::insert()
        .into_table(TABLE)
        .columns(["id", "name", "resourceServer", "epoch", "sequence", "kids", "seenAt"])
        .values_panic([
            id.into(),
            guard.name.as_str().into(),
            guard.resource_server.as_str().into(),
            guard.epoch.as_str().into(),
            guard.sequence.into(),
            guard.kids.clone().into(),
            date(guard.seen_at).into(),
        ])
        .take()
}

/// A guard is as it is now; touches no row where it is not known.
pub fn update(guard: &GuardRow) -> UpdateStatement {
    Query::update()
        .table(TABLE)
        .value("epoch", guard.epoch.as_str())
        .value("sequence", guard.sequence)
        .value("kids", guard.kids.clone())
        .value("seenAt", date(guard.seen_at))
        .and_where(Expr::col("name").eq(guard.name.as_str()))
        .take()
}

/// Guards of these names have come to the same place, and hold the same keys.
pub fn confirm(
    names: &[&str],
    (epoch, sequence, kids): (&str, i64, Option<&str>),
    seen_at: Timestamp,
) -> UpdateStatement {
    Query::update()
        .table(TABLE)
        .value("epoch", epoch)
        .value("sequence", sequence)
        .value("kids", kids.map(str::to_owned))
        .value("seenAt", date(seen_at))
        .and_where(Expr::col("name").is_in(names.iter().copied()))
        .take()
}

/// Forgets guards that were not heard of since then.
pub fn forget(before: Timestamp) -> DeleteStatement {
    Query::delete().from_table(TABLE).and_where(Expr::col("seenAt").lt(date(before))).take()
}
