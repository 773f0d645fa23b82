//! PostgreSQL.
//!
//! A statement is prepared before its values are bound, and each value is written in the type that
//! the server then asks for: the text of an id becomes a `uuid` or an `integer` where the column is
//! one. So statements are the same whatever types an existing database has.

mod bind;
mod cell;
mod listener;
mod refusal;

use std::{borrow::Cow, sync::Arc};

use sea_query::Value;
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Either, Executor as _, PgConnection,
    SqlSafeStr as _, Statement as _,
    error::DatabaseError,
    postgres::{PgArguments, PgConnectOptions, PgStatement},
};
use url::Url;

pub use self::listener::Listener;

use crate::{
    Dialect, Row, StoreError,
    network::{Driver, Failure},
    schema::FoundTable,
};

/// PostgreSQL at an address.
pub(crate) struct Postgres {
    options: PgConnectOptions,
}

/// The schema's tables with their columns, each column with whether an insert has to give it.
const COLUMNS: &str = "SELECT table_name, column_name, data_type, \
    is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER' \
    FROM information_schema.columns WHERE table_schema = current_schema() \
    ORDER BY table_name, ordinal_position";

impl Postgres {
    pub(crate) fn at(url: &Url) -> Option<Self> {
        Some(Self { options: options(url)? })
    }
}

/// The options of a URL, `schema` among them; `None` where one cannot be read.
pub(crate) fn options(url: &Url) -> Option<PgConnectOptions> {
    let ours = |name: &str| matches!(name, "schema" | "search_path");
    let mut plain = url.clone();
    let theirs = url.query_pairs().filter(|(name, _)| !ours(name));
    let theirs: Vec<(String, String)> =
        theirs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    plain.set_query(None);
    if !theirs.is_empty() {
        plain.query_pairs_mut().extend_pairs(theirs);
    }
    let options = PgConnectOptions::from_url(&plain).ok()?.disable_statement_logging();
    let options = options.application_name("countersign");
    match url.query_pairs().find(|(name, _)| ours(name)) {
        Some((_, schemas)) => Some(options.options([("search_path", search_path(&schemas)?)])),
        None => Some(options),
    }
}

/// Names of schemas, quoted, so that capital letters stay what they are.
fn search_path(names: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-$".contains(c);
    let quoted = names.split(',').map(|name| {
        let name = name.trim().trim_matches('"');
        (!name.is_empty() && name.chars().all(is_plain)).then(|| format!("\"{name}\""))
    });
    quoted.collect::<Option<Vec<_>>>().map(|names| names.join(","))
}

impl Driver for Postgres {
    type Connection = PgConnection;
    const DIALECT: Dialect = Dialect::Postgres;

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        self.options.connect().await
    }

    async fn fetch(
        connection: &mut PgConnection,
        text: String,
        values: &[Value],
        limit: usize,
    ) -> Result<Vec<Row>, Failure> {
        let statement = connection.prepare(AssertSqlSafe(text).into_sql_str()).await?;
        let names: Arc<[String]> =
            statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let query = statement.query_with(arguments(&statement, values)?);
        let found = if limit == 1 {
            query.fetch_optional(connection).await?.into_iter().collect()
        } else {
            query.fetch_all(connection).await?
        };
        let rows = found.iter().take(limit);
        Ok(rows.map(|row| cell::read(row, &names)).collect::<Result<_, _>>()?)
    }

    async fn execute(
        connection: &mut PgConnection,
        text: String,
        values: &[Value],
    ) -> Result<u64, Failure> {
        let statement = connection.prepare(AssertSqlSafe(text).into_sql_str()).await?;
        let query = statement.query_with(arguments(&statement, values)?);
        Ok(query.execute(connection).await?.rows_affected())
    }

    async fn insert(
        connection: &mut PgConnection,
        text: String,
        values: &[Value],
    ) -> Result<String, Failure> {
        let row = Self::fetch(connection, text, values, 1).await?.pop();
        let row = row.ok_or_else(|| StoreError::Refused("an insert gave no id".to_owned()))?;
        Ok(row.into_cells().text()?)
    }

    async fn run(connection: &mut PgConnection, text: String) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(|_| ())
    }

    async fn tables(connection: &mut PgConnection) -> Result<Vec<FoundTable>, Failure> {
        let rows = Self::fetch(connection, COLUMNS.to_owned(), &[], usize::MAX).await?;
        Ok(FoundTable::read(rows)?)
    }

    fn sort(error: &dyn DatabaseError) -> StoreError {
        refusal::sort(error)
    }
}

fn arguments(statement: &PgStatement, values: &[Value]) -> Result<PgArguments, StoreError> {
    let kinds = match statement.parameters() {
        Some(Either::Left(kinds)) => Cow::Borrowed(kinds),
        _ => Cow::Owned(Vec::new()),
    };
    bind::arguments(&kinds, values)
}
