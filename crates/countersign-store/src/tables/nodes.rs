//! The tables `serverNode` and `serverNodeKey`: servers that share the database, what each was told, as a text that can be
//! compared and not read, and the key of that text.

use jiff::Timestamp;

use crate::{
    Database, StoreError, date,
    sql::{DeleteStatement, Expr, ExprTrait, InsertStatement, Order, Query, UpdateStatement},
};

const TABLE: &str = "serverNode";
const KEY: &str = "serverNodeKey";

/// The id of the only key there is.
const ONLY: &str = "key";

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// Its name, as long as it runs; unique.
    pub name: String,
    /// What it was told.
    pub configuration: String,
    /// When it was there last.
    pub seen_at: Timestamp,
}

/// Servers that were there at `since` or later, by name.
pub async fn list(database: &Database, since: Timestamp) -> Result<Vec<NodeRow>, StoreError> {
    let select = Query::select()
        .columns(["name", "configuration", "seenAt"])
        .from(TABLE)
        .and_where(Expr::col("seenAt").gte(date(since)))
        .order_by("name", Order::Asc)
        .take();
    let rows = database.fetch_all(&select).await?;
    let read = |row: &crate::Row| {
        Ok(NodeRow {
            name: row.text("name")?,
            configuration: row.text("configuration")?,
            seen_at: row.timestamp("seenAt")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Adds a server. A duplicate where it is known.
pub fn insert(id: &str, node: &NodeRow) -> InsertStatement {
    Query::insert()
        .into_table(TABLE)
        .columns(["id", "name", "configuration", "seenAt"])
        .values_panic([
            id.into(),
            node.name.as_str().into(),
            node.configuration.as_str().into(),
            date(node.seen_at).into(),
        ])
        .take()
}

/// A server is there, and was told this; touches no row where it is not known.
pub fn update(node: &NodeRow) -> UpdateStatement {
    Query::update()
        .table(TABLE)
        .value("configuration", node.configuration.as_str())
        .value("seenAt", date(node.seen_at))
        .and_where(Expr::col("name").eq(node.name.as_str()))
        .take()
}

/// A server is not there any more.
pub fn delete(name: &str) -> DeleteStatement {
    Query::delete().from_table(TABLE).and_where(Expr::col("name").eq(name)).take()
}

/// Forgets servers that were not there since then.
pub fn forget(before: Timestamp) -> DeleteStatement {
    Query::delete().from_table(TABLE).and_where(Expr::col("seenAt").lt(date(before))).take()
}

/// The key, if there is one.
pub async fn key(database: &Database) -> Result<Option<String>, StoreError> {
    let select = Query::select().column("key").from(KEY).and_where(Expr::col("id").eq(ONLY)).take();
    database.fetch_optional(&select).await?.map(|row| row.text("key")).transpose()
}

/// Keeps a key. A duplicate where there is one.
pub fn insert_key(key: &str) -> InsertStatement {
    Query::insert()
        .into_table(KEY)
        .columns(["id", "key"])
        .values_panic([ONLY.into(), key.into()])
        .take()
}
