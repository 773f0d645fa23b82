//! MySQL and MariaDB.
//!
//! A session speaks UTC, refuses what would be cut off, and reads what is committed, as the other
//! engines do. Dates are bound as text; the server turns them into the column's type.

mod bind;
mod cell;
mod refusal;

use std::sync::Arc;

use sea_query::Value;
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, MySqlConnection, Row as _,
    error::DatabaseError,
    mysql::{MySqlConnectOptions, MySqlRow},
};
use url::Url;

use crate::{
    Dialect, Row, StoreError,
    network::{Driver, Failure},
    schema::FoundTable,
};

/// MySQL or MariaDB at an address.
pub(crate) struct MySql {
    options: MySqlConnectOptions,
}

/// What a new session is told.
const SESSION: [&str; 2] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')",
];

/// The database's tables with their columns, each column with whether an insert has to give it.
const COLUMNS: &str = "SELECT table_name, column_name, data_type, \
    is_nullable = 'NO' AND column_default IS NULL AND extra = '' \
    FROM information_schema.columns WHERE table_schema = DATABASE() \
    ORDER BY table_name, ordinal_position";

impl MySql {
    pub(crate) fn at(url: &Url) -> Option<Self> {
        Some(Self { options: options(url)? })
    }
}

/// The options of a URL; `None` where one cannot be read.
pub(crate) fn options(url: &Url) -> Option<MySqlConnectOptions> {
    Some(MySqlConnectOptions::from_url(url).ok()?.disable_statement_logging())
}

impl Driver for MySql {
    type Connection = MySqlConnection;
    const DIALECT: Dialect = Dialect::MySql;

    async fn connect(&self) -> Result<MySqlConnection, sqlx::Error> {
        let mut connection = self.options.connect().await?;
        for text in SESSION {
            Self::run(&mut connection, text.to_owned()).await?;
        }
        Ok(connection)
    }

    async fn fetch(
        connection: &mut MySqlConnection,
        text: String,
        values: &[Value],
        limit: usize,
    ) -> Result<Vec<Row>, Failure> {
        let query = sqlx::query_with(AssertSqlSafe(text), bind::arguments(values)?);
        let found: Vec<MySqlRow> = if limit == 1 {
            query.fetch_optional(connection).await?.into_iter().collect()
        } else {
            query.fetch_all(connection).await?
        };
        let Some(first) = found.first() else { return Ok(Vec::new()) };
        let names: Arc<[String]> =
            first.columns().iter().map(|column| column.name().to_owned()).collect();
        let rows = found.iter().take(limit);
        Ok(rows.map(|row| cell::read(row, &names)).collect::<Result<_, _>>()?)
    }

    async fn execute(
        connection: &mut MySqlConnection,
        text: String,
        values: &[Value],
    ) -> Result<u64, Failure> {
        let query = sqlx::query_with(AssertSqlSafe(text), bind::arguments(values)?);
        Ok(query.execute(connection).await?.rows_affected())
    }

    async fn insert(
        connection: &mut MySqlConnection,
        text: String,
        values: &[Value],
    ) -> Result<String, Failure> {
        let query = sqlx::query_with(AssertSqlSafe(text), bind::arguments(values)?);
        Ok(query.execute(connection).await?.last_insert_id().to_string())
    }

    async fn run(connection: &mut MySqlConnection, text: String) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(|_| ())
    }

    async fn tables(connection: &mut MySqlConnection) -> Result<Vec<FoundTable>, Failure> {
        let rows = Self::fetch(connection, COLUMNS.to_owned(), &[], usize::MAX).await?;
        Ok(FoundTable::read(rows)?)
    }

    fn sort(error: &dyn DatabaseError) -> StoreError {
        refusal::sort(error)
    }
}
