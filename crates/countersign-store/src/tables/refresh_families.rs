//! The tables `refreshFamily` and `refreshToken`: refresh tokens that came out of each other.
//!
//! A family knows the generation of its newest token and when that was made. Of its tokens, the one of that
//! generation is live, and no other: there cannot be two. Tokens are rows that never change; whatever happens
//! happens to the family, by a statement that names the generation it was decided on. Of several callers at
//! once one touches the row.
//!
//! Tokens are found by a hash; what they were is written nowhere. What is sealed here is sealed by the caller.

use jiff::Timestamp;

use crate::{
    Cells, Database, StoreError, Transaction, date,
    sql::{
        DeleteStatement, Expr, ExprTrait, InsertStatement, LockType, Order, Query, SelectStatement,
        UpdateStatement, Value,
    },
};

/// A family of refresh tokens. No `Debug`: it holds credentials, sealed.
#[derive(Clone)]
pub struct RefreshFamily {
    /// Its name, by which its tokens know it; unique.
    pub name: String,
    /// Whose tokens they are.
    pub user_id: String,
    /// The session that they go on from, and end with.
    pub session_id: String,
    /// That session's token, sealed.
    pub session: String,
    /// Whether the session is one that is extended when it is used.
    pub remembered: bool,
    /// What was granted: words with blanks between them.
    pub scope: Option<String>,
    /// What the user's password was when the family began, as a fingerprint; `None` for no password.
    pub password: Option<String>,
    /// The generation of the token that is live, counted from 0.
    pub generation: i64,
    /// When that token was made.
    pub rotated_at: Timestamp,
    /// That token, sealed, where it was made from another one: for whoever did not get the answer.
    pub successor: Option<String>,
    /// How often it was given again.
    pub retries: i64,
    /// The address from which the family was used last.
    pub ip_address: Option<String>,
    /// The `User-Agent` with which it was used last.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When all of it is over.
    pub expires_at: Timestamp,
}

/// A refresh token as it is stored.
pub struct RefreshToken<'a> {
    /// The row's own id.
    pub id: &'a str,
    /// Its family's name.
    pub family: &'a str,
    /// A hash of the token, unique.
    pub hash: &'a str,
    /// Its place in the family, counted from 0.
    pub generation: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is good for nothing.
    pub expires_at: Timestamp,
}

/// A token that was found, and all that decides about it. No `Debug`: see [`RefreshFamily`].
pub struct FoundToken {
    /// Its place in the family.
    pub generation: i64,
    /// From then on it is good for nothing.
    pub expires_at: Timestamp,
    /// Its family.
    pub family: RefreshFamily,
    /// The stored password of the user, where there is one.
    pub password: Option<String>,
}

/// A rotation: the next token of a family, and where it was asked from.
pub struct Rotation<'a> {
    /// Which family.
    pub family: &'a str,
    /// The generation that was used.
    pub from: i64,
    /// The token of the next one, sealed.
    pub successor: &'a str,
    /// When.
    pub at: Timestamp,
    /// The client's address.
    pub ip_address: &'a str,
    /// The client's `User-Agent`.
    pub user_agent: &'a str,
}

const FAMILY: &str = "refreshFamily";
const TOKEN: &str = "refreshToken";

const COLUMNS: [&str; 15] = [
    "name",
    "userId",
    "sessionId",
    "session",
    "remembered",
    "scope",
    "password",
    "generation",
    "rotatedAt",
    "successor",
    "retries",
    "ipAddress",
    "userAgent",
    "createdAt",
    "expiresAt",
];

fn read(cells: &mut Cells) -> Result<RefreshFamily, StoreError> {
    Ok(RefreshFamily {
        name: cells.text()?,
        user_id: cells.text()?,
        session_id: cells.text()?,
        session: cells.text()?,
        remembered: cells.boolean()?,
        scope: cells.optional_text()?,
        password: cells.optional_text()?,
        generation: cells.integer()?,
        rotated_at: cells.timestamp()?,
        successor: cells.optional_text()?,
        retries: cells.integer()?,
        ip_address: cells.optional_text()?,
        user_agent: cells.optional_text()?,
        created_at: cells.timestamp()?,
        expires_at: cells.timestamp()?,
    })
}

/// The token with this hash, whether it still counts or not. The password is that of
/// [`accounts::password_of`](crate::accounts::password_of), read in the same moment.
pub async fn find(database: &Database, hash: &str) -> Result<Option<FoundToken>, StoreError> {
    let select = Query::select()
        .column((TOKEN, "generation"))
        .column((TOKEN, "expiresAt"))
        .columns(COLUMNS.map(|column| (FAMILY, column)))
        .column(("account", "accountId"))
        .column(("account", "password"))
        .from(TOKEN)
        .inner_join(FAMILY, Expr::col((FAMILY, "name")).equals((TOKEN, "family")))
        .left_join(
            "account",
            Expr::col(("account", "userId"))
                .equals((FAMILY, "userId"))
                .and(Expr::col(("account", "providerId")).eq("credential")),
        )
        .and_where(Expr::col((TOKEN, "hash")).eq(hash))
        .take();
    let mut found: Option<FoundToken> = None;
    for row in database.fetch_all(&select).await? {
        let mut cells = row.into_cells();
        let (generation, expires_at) = (cells.integer()?, cells.timestamp()?);
        let family = read(&mut cells)?;
        let (account_id, password) = (cells.optional_text()?, cells.optional_text()?);
        // Compared here: in the database one may be a number and the other a text.
        let is_password = account_id.as_deref() == Some(&family.user_id);
        let token = FoundToken {
            generation,
            expires_at,
            password: password.filter(|_| is_password),
            family,
        };
        if is_password || found.is_none() {
            found = Some(token);
        }
    }
    Ok(found)
}

/// The name of the family of the token with this hash, as a transaction sees it.
pub async fn find_in(
    transaction: &mut Transaction,
    hash: &str,
) -> Result<Option<String>, StoreError> {
    let select =
        Query::select().column("family").from(TOKEN).and_where(Expr::col("hash").eq(hash)).take();
    let row = transaction.fetch_optional(&select).await?;
    row.map(|row| row.text("family")).transpose()
}

/// Adds a family, in a row with this id.
pub fn insert(id: &str, family: &RefreshFamily) -> InsertStatement {
    Query::insert()
        .into_table(FAMILY)
        .columns(["id"].into_iter().chain(COLUMNS))
        .values_panic([
            id.into(),
            family.name.as_str().into(),
            family.user_id.as_str().into(),
            family.session_id.as_str().into(),
            family.session.as_str().into(),
            family.remembered.into(),
            family.scope.clone().into(),
            family.password.clone().into(),
            family.generation.into(),
            date(family.rotated_at).into(),
            family.successor.clone().into(),
            family.retries.into(),
            family.ip_address.clone().into(),
            family.user_agent.clone().into(),
            date(family.created_at).into(),
            date(family.expires_at).into(),
        ])
        .take()
}

/// Adds a token.
pub fn insert_token(token: &RefreshToken<'_>) -> InsertStatement {
    Query::insert()
        .into_table(TOKEN)
        .columns(["id", "family", "hash", "generation", "createdAt", "expiresAt"])
        .values_panic([
            token.id.into(),
            token.family.into(),
            token.hash.into(),
            token.generation.into(),
            date(token.created_at).into(),
            date(token.expires_at).into(),
        ])
        .take()
}

/// Makes the next generation the live one. Who touches no row came too late: another one did, or the family
/// is gone.
pub fn rotate(rotation: &Rotation<'_>) -> UpdateStatement {
    Query::update()
        .table(FAMILY)
        .value("generation", rotation.from + 1)
        .value("rotatedAt", date(rotation.at))
        .value("successor", rotation.successor)
        .value("retries", 0_i64)
        .value("ipAddress", rotation.ip_address)
        .value("userAgent", rotation.user_agent)
        .and_where(Expr::col("name").eq(rotation.family))
        .and_where(Expr::col("generation").eq(rotation.from))
        .take()
}

/// Counts that the live token is given again, while it is of this generation and was not given again so
/// often; touches no row otherwise.
pub fn count_retry(name: &str, generation: i64, most: i64) -> UpdateStatement {
    Query::update()
        .table(FAMILY)
        .value("retries", Expr::col("retries").add(1_i64))
        .and_where(Expr::col("name").eq(name))
        .and_where(Expr::col("generation").eq(generation))
        .and_where(Expr::col("retries").lt(most))
        .take()
}

/// The names of a user's families, in the column `name`; those that were not used for the longest time first.
pub fn names_of_user(user_id: &str) -> SelectStatement {
    Query::select()
        .column("name")
        .from(FAMILY)
        .and_where(Expr::col("userId").eq(user_id))
        .order_by("rotatedAt", Order::Asc)
        .order_by("name", Order::Asc)
        .take()
}

/// The hashes of a family's tokens that were made at `since` or later, in the column `hash`.
pub fn hashes_since(family: &str, since: Timestamp) -> SelectStatement {
    Query::select()
        .column("hash")
        .from(TOKEN)
        .and_where(Expr::col("family").eq(family))
        .and_where(Expr::col("createdAt").gte(date(since)))
        .take()
}

/// Reads a family and keeps it: whoever would change it waits until the transaction ends.
pub fn lock(name: &str) -> SelectStatement {
    Query::select()
        .column("id")
        .from(FAMILY)
        .and_where(Expr::col("name").eq(name))
        .lock(LockType::Update)
        .take()
}

/// Ends a family: its tokens count no more. Who touches no row came too late.
pub fn delete(name: &str) -> DeleteStatement {
    Query::delete().from_table(FAMILY).and_where(Expr::col("name").eq(name)).take()
}

/// Ends several families.
pub fn delete_each(names: Vec<String>) -> DeleteStatement {
    Query::delete().from_table(FAMILY).and_where(Expr::col("name").is_in(names)).take()
}

/// Another form of the same password is stored: families that began with the old one go on.
pub fn move_password(user_id: &str, old: &str, new: &str) -> UpdateStatement {
    Query::update()
        .table(FAMILY)
        .value("password", Value::from(new))
        .and_where(Expr::col("userId").eq(user_id))
        .and_where(Expr::col("password").eq(old))
        .take()
}
