//! The tables `revocation` and `revocationHead`: what was taken back before its time, in order.
//!
//! The head is one row. Whoever adds entries first moves its `sequence` on by as many, as the last thing
//! before the commit: the row stays locked until then, so numbers are given in the order of commits, and who
//! reads the head reads every entry up to it. An entry holds a hash and no name; the hash's key is in the
//! head.

use jiff::Timestamp;

use crate::{
    Database, Row, StoreError, Transaction, date,
    sql::{
        DeleteStatement, Expr, ExprTrait, InsertStatement, Order, Query, SelectStatement,
        UpdateStatement,
    },
};

const TABLE: &str = "revocation";
const HEAD: &str = "revocationHead";

/// The id of the only row there is.
const ONLY: &str = "head";

/// Entries that are written with one statement.
const WRITTEN_AT_ONCE: usize = 500;

/// Entries of one batch that are forgotten.
const FORGOTTEN_AT_ONCE: u64 = 500;

/// The head of the sequence.
#[derive(Clone, PartialEq, Eq)]
pub struct Head {
    /// The name of the sequence.
    pub epoch: String,
    /// The key of the hashes, in base64url.
    pub key: String,
    /// The number of the last entry.
    pub sequence: i64,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRow {
    /// Its number.
    pub sequence: i64,
    /// What its name is that of, a letter.
    pub kind: String,
    /// The hash of the name, in base64url.
    pub hash: String,
    /// Seconds since 1970 after which it refuses nothing any more.
    pub until: i64,
    /// Of a user: tokens up to this second are refused.
    pub before: Option<i64>,
}

/// The head, if there is one.
pub async fn head(database: &Database) -> Result<Option<Head>, StoreError> {
    database.fetch_optional(&select_head()).await?.map(|row| read_head(&row)).transpose()
}

/// The head, as a transaction that moved it sees it.
pub async fn head_in(transaction: &mut Transaction) -> Result<Option<Head>, StoreError> {
    transaction.fetch_optional(&select_head()).await?.map(|row| read_head(&row)).transpose()
}

fn select_head() -> SelectStatement {
    Query::select()
        .columns(["epoch", "key", "sequence"])
        .from(HEAD)
        .and_where(Expr::col("id").eq(ONLY))
        .take()
}

fn read_head(row: &Row) -> Result<Head, StoreError> {
    Ok(Head {
        epoch: row.text("epoch")?,
        key: row.text("key")?,
        sequence: row.integer("sequence")?,
    })
}

/// Begins a sequence. A duplicate where somebody else did.
pub fn begin(head: &Head) -> InsertStatement {
    Query::insert()
        .into_table(HEAD)
        .columns(["id", "epoch", "key", "sequence"])
        .values_panic([
            ONLY.into(),
            head.epoch.as_str().into(),
            head.key.as_str().into(),
            head.sequence.into(),
        ])
        .take()
}

/// Moves the head on by so many entries; touches no row where there is no head.
pub fn advance(by: i64) -> UpdateStatement {
    Query::update()
        .table(HEAD)
        .value("sequence", Expr::col("sequence").add(by))
        .and_where(Expr::col("id").eq(ONLY))
        .take()
}

/// Gives the sequence another name. Who followed it under the old one begins at the beginning.
pub fn rename(epoch: &str) -> UpdateStatement {
    Query::update().table(HEAD).value("epoch", epoch).and_where(Expr::col("id").eq(ONLY)).take()
}

/// Adds entries, each with an id of its own, a few statements for many.
pub fn insert(entries: &[(String, RevocationRow)], now: Timestamp) -> Vec<InsertStatement> {
    entries.chunks(WRITTEN_AT_ONCE).map(|some| insert_some(some, now)).collect()
}

fn insert_some(entries: &[(String, RevocationRow)], now: Timestamp) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(TABLE);
    insert.columns(["id", "sequence", "kind", "hash", "until", "before", "createdAt"]);
    for (id, entry) in entries {
        insert.values_panic([
            id.as_str().into(),
            entry.sequence.into(),
            entry.kind.as_str().into(),
            entry.hash.as_str().into(),
            entry.until.into(),
            entry.before.into(),
            date(now).into(),
        ]);
    }
    insert
}

/// The entries after one number up to and with another that still refuse something at `now`, in order;
/// at most `limit`.
pub async fn between(
    database: &Database,
    after: i64,
    up_to: i64,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<RevocationRow>, StoreError> {
    let select = Query::select()
        .columns(["sequence", "kind", "hash", "until", "before"])
        .from(TABLE)
        .and_where(Expr::col("sequence").gt(after))
        .and_where(Expr::col("sequence").lte(up_to))
        .and_where(Expr::col("until").gte(now.as_second()))
        .order_by("sequence", Order::Asc)
        .limit(limit)
        .take();
    let rows = database.fetch_all(&select).await?;
    rows.iter().map(read).collect()
}

/// The entries with one of these kinds and hashes that still refuse something at `now`.
pub async fn naming(
    database: &Database,
    named: &[(&str, String)],
    now: Timestamp,
) -> Result<Vec<RevocationRow>, StoreError> {
    let hashes = named.iter().map(|(_, hash)| hash.as_str());
    let select = Query::select()
        .columns(["sequence", "kind", "hash", "until", "before"])
        .from(TABLE)
        .and_where(Expr::col("hash").is_in(hashes))
        .and_where(Expr::col("until").gte(now.as_second()))
        .take();
    let rows = database.fetch_all(&select).await?;
    let found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter();
    // MySQL's usual collations find a hash in other letters, too.
    let is_named = |row: &RevocationRow| {
        named.iter().any(|(kind, hash)| *kind == row.kind && *hash == row.hash)
    };
    Ok(found.filter(is_named).collect())
}

fn read(row: &Row) -> Result<RevocationRow, StoreError> {
    Ok(RevocationRow {
        sequence: row.integer("sequence")?,
        kind: row.text("kind")?,
        hash: row.text("hash")?,
        until: row.integer("until")?,
        before: row.optional_integer("before")?,
    })
}

const INBOX: &str = "revocationInbox";

/// What a trigger saw ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// The row's id.
    pub id: String,
    /// What the name is that of, a letter.
    pub kind: String,
    /// The name itself.
    pub name: String,
    /// Of a user: tokens up to this second are to be refused.
    pub before: Option<i64>,
}

/// Some of what triggers saw ending.
pub async fn inbox(database: &Database) -> Result<Vec<InboxRow>, StoreError> {
    let select = Query::select()
        .columns(["id", "kind", "name", "before"])
        .from(INBOX)
        .limit(WRITTEN_AT_ONCE as u64)
        .take();
    let rows = database.fetch_all(&select).await?;
    let read = |row: &Row| {
        Ok(InboxRow {
            id: row.text("id")?,
            kind: row.text("kind")?,
            name: row.text("name")?,
            before: row.optional_integer("before")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Takes rows out of the inbox. Where it touches fewer, somebody else took some.
pub fn take_out(rows: &[InboxRow]) -> DeleteStatement {
    let ids = rows.iter().map(|row| row.id.as_str());
    Query::delete().from_table(INBOX).and_where(Expr::col("id").is_in(ids)).take()
}

/// Forgets one batch of entries that refuse nothing any more; whether there may be more of them.
pub async fn forget_some(database: &Database, now: Timestamp) -> Result<bool, StoreError> {
    let select = Query::select()
        .column("id")
        .from(TABLE)
        .and_where(Expr::col("until").lt(now.as_second()))
        .limit(FORGOTTEN_AT_ONCE)
        .take();
    let rows = database.fetch_all(&select).await?;
    let ids = rows.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, _>>()?;
    let found = ids.len() as u64;
    if found > 0 {
        database.execute(&delete(ids)).await?;
    }
    Ok(found == FORGOTTEN_AT_ONCE)
}

fn delete(ids: Vec<String>) -> DeleteStatement {
    Query::delete().from_table(TABLE).and_where(Expr::col("id").is_in(ids)).take()
}
