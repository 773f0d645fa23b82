//! The table `user`.

use jiff::Timestamp;

use crate::{
    AdditionalChange, AdditionalColumns, Cells, ColumnValue, Database, StoreError, UserColumn,
    additional::to_sql,
    date,
    schema::Column,
    sql::{
        DeleteStatement, Expr, ExprTrait, InsertStatement, LockType, Order, Query, SelectStatement,
        UpdateStatement, Value,
    },
};

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// 32 letters and digits, or whatever id the database was filled with.
    pub id: String,
    /// Free text; may be empty.
    pub name: String,
    /// Lower case; unique.
    pub email: String,
    /// Whether the address was proven.
    pub email_verified: bool,
    /// The address of a picture.
    pub image: Option<String>,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// What is in the columns that features added; a new user's are
    /// [`Database::additional_columns`].
    pub additional: AdditionalColumns,
}

pub(crate) const COLUMNS: [&str; 7] =
    ["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"];

pub(crate) fn read(cells: &mut Cells, additional: &[Column]) -> Result<User, StoreError> {
    Ok(User {
        id: cells.text()?,
        name: cells.text()?,
        email: cells.text()?,
        email_verified: cells.boolean()?,
        image: cells.optional_text()?,
        created_at: cells.timestamp()?,
        updated_at: cells.timestamp()?,
        additional: AdditionalColumns::read(cells, additional)?,
    })
}

/// The user with this address; `email` is compared in lower case.
pub async fn find_by_email(database: &Database, email: &str) -> Result<Option<User>, StoreError> {
    find(database, "email", &email.to_lowercase()).await
}

/// The user with this id.
pub async fn find_by_id(database: &Database, id: &str) -> Result<Option<User>, StoreError> {
    find(database, "id", id).await
}

/// How many ids [`ids_after`] reads at once.
const IDS: u64 = 500;

/// Some ids of users in order, those after this one or the first ones: all users, a batch at a time.
pub fn ids_after(after: Option<&str>) -> SelectStatement {
    let mut select = Query::select();
    select.column("id").from("user").order_by("id", Order::Asc).limit(IDS);
    if let Some(after) = after {
        select.and_where(Expr::col("id").gt(after));
    }
    select
}

/// The user who has this value in a column that a feature added.
pub async fn find_by(
    database: &Database,
    column: &UserColumn,
    value: &str,
) -> Result<Option<User>, StoreError> {
    find(database, column.name(), value).await
}

async fn find(
    database: &Database,
    column: &'static str,
    value: &str,
) -> Result<Option<User>, StoreError> {
    let additional = database.user_columns();
    let select = Query::select()
        .columns(COLUMNS)
        .columns(additional.iter().map(|column| column.name))
        .from("user")
        .and_where(Expr::col(column).eq(value))
        .take();
    let row = database.fetch_optional(&select).await?;
    row.map(|row| read(&mut row.into_cells(), additional)).transpose()
}

/// Adds a user. Fails with [`StoreError::Duplicate`] when the address, or what a feature wants
/// unique, is taken.
pub fn insert(user: &User) -> InsertStatement {
    let core = [
        user.id.as_str().into(),
        user.name.as_str().into(),
        user.email.as_str().into(),
        user.email_verified.into(),
        user.image.clone().into(),
        date(user.created_at).into(),
        date(user.updated_at).into(),
    ];
    let additional = user.additional.iter();
    let (names, values): (Vec<_>, Vec<_>) =
        additional.map(|(name, value)| (name, to_sql(value).into())).unzip();
    Query::insert()
        .into_table("user")
        .columns(COLUMNS.into_iter().chain(names))
        .values_panic(core.into_iter().chain(values))
        .take()
}

/// What of a user's profile is to change; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Another name.
    pub name: Option<String>,
    /// The picture.
    pub image: ImageChange,
    /// What is to stand in columns that features added; see [`UserColumn::change`].
    pub additional: AdditionalChange,
}

/// What of a user's picture is to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ImageChange {
    /// It stays as it is.
    #[default]
    None,
    /// There is none any more.
    Removed,
    /// It is at another address.
    At(String),
}

impl ProfileChange {
    /// The user as the change leaves them.
    #[must_use]
    pub fn of(self, mut user: User, now: Timestamp) -> User {
        for (name, value) in self.additional.into_iter() {
            UserColumn::named(name).set(&mut user, value);
        }
        let image = match self.image {
            ImageChange::None => user.image,
            ImageChange::Removed => None,
            ImageChange::At(address) => Some(address),
        };
        User { name: self.name.unwrap_or(user.name), image, updated_at: now, ..user }
    }
}

/// Changes the profile of a user; touches no row when the user is gone. Fails with
/// [`StoreError::Duplicate`] when what a feature wants unique is taken.
pub fn change_profile(id: &str, change: &ProfileChange, now: Timestamp) -> UpdateStatement {
    let mut update = Query::update();
    update.table("user").value("updatedAt", date(now)).and_where(Expr::col("id").eq(id));
    if let Some(name) = &change.name {
        update.value("name", name.as_str());
    }
    match &change.image {
        ImageChange::None => {}
        ImageChange::Removed => {
            update.value("image", Value::String(None));
        }
        ImageChange::At(address) => {
            update.value("image", address.as_str());
        }
    }
    for (name, value) in change.additional.iter() {
        update.value(name, Value::from(value.map(str::to_owned)));
    }
    update
}

/// Puts these values, or NULL, into columns of a user that features added; touches no row when the user is gone.
pub fn put(
    id: &str,
    values: &[(&UserColumn, Option<ColumnValue>)],
    now: Timestamp,
) -> UpdateStatement {
    let mut update = Query::update();
    update.table("user").value("updatedAt", date(now)).and_where(Expr::col("id").eq(id));
    for (column, value) in values {
        update.value(column.name(), to_sql(value.as_ref()));
    }
    update
}

/// Reads the user's row and keeps it: whoever else asks this way waits until the transaction ends.
/// For what has to count the user's other rows before it changes them.
pub fn lock(id: &str) -> SelectStatement {
    Query::select()
        .column("id")
        .from("user")
        .and_where(Expr::col("id").eq(id))
        .lock(LockType::Update)
        .take()
}

/// Reads the first user's row and keeps it: whoever else asks this way waits until the transaction ends. For what
/// several users may want at once, and no row stands for. One that was deleted while it was waited for is not
/// found; the next one is.
pub fn lock_first() -> SelectStatement {
    Query::select()
        .column("id")
        .from("user")
        .order_by("id", Order::Asc)
        .limit(1)
        .lock(LockType::Update)
        .take()
}

/// Gives a user another address, unless the old one changed meanwhile: then no row is touched.
/// Fails with [`StoreError::Duplicate`] when the address is taken.
pub fn change_email(user: &User, email: &str, verified: bool, now: Timestamp) -> UpdateStatement {
    Query::update()
        .table("user")
        .value("email", email.to_lowercase())
        .value("emailVerified", verified)
        .value("updatedAt", date(now))
        .and_where(Expr::col("id").eq(user.id.as_str()))
        .and_where(Expr::col("email").eq(user.email.as_str()))
        .take()
}

/// Notes that a user's address was proven, unless it changed meanwhile: then no row is touched.
pub fn verify_email(user: &User, now: Timestamp) -> UpdateStatement {
    Query::update()
        .table("user")
        .value("emailVerified", true)
        .value("updatedAt", date(now))
        .and_where(Expr::col("id").eq(user.id.as_str()))
        .and_where(Expr::col("email").eq(user.email.as_str()))
        .take()
}

/// Writes a row as it is: the work of a write that changes nothing, where the time of an answer must
/// not tell whether something was written.
pub fn rewrite(user: &User) -> UpdateStatement {
    Query::update()
        .table("user")
        .value("updatedAt", Expr::col("updatedAt"))
        .and_where(Expr::col("id").eq(user.id.as_str()))
        .take()
}

/// Removes a user. Sessions and accounts are removed by statements of their own, before.
pub fn delete(id: &str) -> DeleteStatement {
    Query::delete().from_table("user").and_where(Expr::col("id").eq(id)).take()
}

/// Writes name, address and picture of a user.
pub fn overwrite(user: &User) -> UpdateStatement {
    Query::update()
        .table("user")
        .value("name", user.name.as_str())
        .value("email", user.email.as_str())
        .value("emailVerified", user.email_verified)
        .value("image", user.image.clone())
        .value("updatedAt", date(user.updated_at))
        .and_where(Expr::col("id").eq(user.id.as_str()))
        .take()
}
