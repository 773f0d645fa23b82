//! The table `jwks`: key pairs that sign tokens. The private half is encrypted by whoever writes
//! it; here it is text.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Cells, Database, Row, StoreError, date,
    sql::{Expr, ExprTrait, InsertStatement, Order, Query, SelectStatement, UpdateStatement},
};

/// The most keys that are read at once.
const LIMIT: u64 = 1000;

/// A key pair at rest. No `Debug`: the private half may be stored in the clear.
pub struct SigningKeyRow {
    /// The key's id, `kid` in tokens.
    pub id: String,
    /// The public key as the JSON text of a JWK.
    pub public_key: String,
    /// The private key: JSON text, encrypted or not.
    pub private_key: String,
    /// When it was made; the newest live one signs.
    pub created_at: Timestamp,
    /// From then on it signs nothing.
    pub expires_at: Option<Timestamp>,
    /// The algorithm; absent on rows of old versions.
    pub algorithm: Option<String>,
    /// The curve, where the algorithm has one.
    pub curve: Option<String>,
}

const COLUMNS: [&str; 7] =
    ["id", "publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv"];

fn read(cells: &mut Cells) -> Result<SigningKeyRow, StoreError> {
    Ok(SigningKeyRow {
        id: cells.text()?,
        public_key: cells.text()?,
        private_key: cells.text()?,
        created_at: cells.timestamp()?,
        expires_at: cells.optional_timestamp()?,
        algorithm: cells.optional_text()?,
        curve: cells.optional_text()?,
    })
}

/// The keys that have not ended, or ended after that moment, the newest first; at most 1000.
pub async fn list(
    database: &Database,
    ended_after: Timestamp,
) -> Result<Vec<SigningKeyRow>, StoreError> {
    let ends = Expr::col("expiresAt");
    let select = Query::select()
        .columns(COLUMNS)
        .from("jwks")
        .and_where(ends.clone().is_null().or(ends.gt(date(ended_after))))
        .order_by("createdAt", Order::Desc)
        .limit(LIMIT)
        .take();
    let rows = database.fetch_all(&select).await?;
    rows.into_iter().map(|row| read(&mut row.into_cells())).collect()
}

/// The key of this id, ended or not.
pub async fn find(database: &Database, id: &str) -> Result<Option<SigningKeyRow>, StoreError> {
    let select =
        Query::select().columns(COLUMNS).from("jwks").and_where(Expr::col("id").eq(id)).take();
    let row = database.fetch_optional(&select).await?;
    row.map(|row| read(&mut row.into_cells())).transpose()
}

/// Every key there is, the newest first, for [`read_row`].
pub fn all() -> SelectStatement {
    Query::select().columns(COLUMNS).from("jwks").order_by("createdAt", Order::Desc).take()
}

/// A row of [`all`].
pub fn read_row(row: Row) -> Result<SigningKeyRow, StoreError> {
    read(&mut row.into_cells())
}

/// Puts another text for the private half where `old` is still there.
pub fn replace_private_key(id: &str, old: &str, new: &str) -> UpdateStatement {
    Query::update()
        .table("jwks")
        .value("privateKey", new)
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("privateKey").eq(old))
        .take()
}

/// Lets a staged key sign from `now` on: it becomes the newest. Touches one row, or none where somebody else did
/// so before, or ended it.
pub fn activate(
    staged: &SigningKeyRow,
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> UpdateStatement {
    Query::update()
        .table("jwks")
        .value("createdAt", date(now))
        .value("expiresAt", expires_at.map_or(crate::sql::Value::String(None), date))
        .and_where(Expr::col("id").eq(staged.id.as_str()))
        .and_where(Expr::col("createdAt").eq(date(staged.created_at)))
        .and_where(ends_as_read(staged))
        .take()
}

/// A key signs until then. Touches no row where it ends at another time than it did when it was read: somebody
/// moved that, or ended it.
pub fn prolong(key: &SigningKeyRow, until: Timestamp) -> UpdateStatement {
    Query::update()
        .table("jwks")
        .value("expiresAt", date(until))
        .and_where(Expr::col("id").eq(key.id.as_str()))
        .and_where(ends_as_read(key))
        .take()
}

/// To the millisecond: whoever wrote the date may have been more exact than statements are.
fn ends_as_read(key: &SigningKeyRow) -> Expr {
    let ends = || Expr::col("expiresAt");
    match key.expires_at {
        Some(end) => {
            let next = date(end + SignedDuration::from_millis(1));
            ends().gte(date(end)).and(ends().lt(next))
        }
        None => ends().is_null(),
    }
}

/// A key signs nothing from `end` on. Touches no row where it ended before that.
pub fn end(id: &str, end: Timestamp) -> UpdateStatement {
    let later = Expr::col("expiresAt").is_null().or(Expr::col("expiresAt").gt(date(end)));
    Query::update()
        .table("jwks")
        .value("expiresAt", date(end))
        .and_where(Expr::col("id").eq(id))
        .and_where(later)
        .take()
}

/// Adds a key.
pub fn insert(key: &SigningKeyRow) -> InsertStatement {
    Query::insert()
        .into_table("jwks")
        .columns(COLUMNS)
        .values_panic([
            key.id.as_str().into(),
            key.public_key.as_str().into(),
            key.private_key.as_str().into(),
            date(key.created_at).into(),
            key.expires_at.map_or(crate::sql::Value::String(None), date).into(),
            key.algorithm.clone().into(),
            key.curve.clone().into(),
        ])
        .take()
}
