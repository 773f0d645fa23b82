//! Rows that stay: Better Auth's tables, in the database that is already there.
//!
//! # What it does
//!
//! * [`Database`] opens a database by its [`DatabaseUrl`] and runs statements built with
//!   [`sql`] (sea-query), on SQLite, PostgreSQL, MySQL or MariaDB. SQLite is called in place: a read
//!   is a function call, not a hop to another thread, and writes go through one connection, in
//!   order. PostgreSQL and MySQL are reached through a pool of connections ([`PoolSize`]).
//! * [`schema`] holds tables as data; [`Inspection`] compares them with what a database really
//!   has. Nothing here writes DDL unless [`Database::create`] is called.
//! * [`users`], [`accounts`], [`sessions`], [`verifications`], [`rate_limits`] and [`signing_keys`]
//!   are Better Auth's tables `user`, `account`, `session`, `verification`, `rateLimit` and `jwks` as
//!   typed rows; [`revocations`] and [`revocation_guards`] are tables of our own.
//!
//! # How values are stored
//!
//! As Better Auth stores them, so that both can work on one database.
//!
//! | | SQLite | PostgreSQL | MySQL, MariaDB |
//! |---|---|---|---|
//! | [`date`] | text, UTC, three fractional digits and a `Z` | `timestamptz` | `timestamp(3)` |
//! | boolean | 0 or 1 | `boolean` | 0 or 1 |
//! | id | text, or a counted number | text, `uuid`, or a counted number | `varchar(36)`, or a counted number |
//!
//! # Several at once
//!
//! A transaction sees what others committed. Something that may be used once is used by one guarded
//! `DELETE` or `UPDATE`: of several callers at once, one touches the row. On SQLite a transaction
//! holds the one place to write from its beginning.
//!
//! On PostgreSQL a transaction can tell others that it is committed ([`Transaction::notify`],
//! [`Database::listen`]). Nobody may rely on being told: it is a hint to look.
//!
//! # Example
//!
//! ```
//! use countersign_store::{Database, DatabaseUrl, schema, sql};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Database::open(&"sqlite::memory:".parse::<DatabaseUrl>()?)?;
//! database.create(&schema::BETTER_AUTH).await?;
//! let select = sql::Query::select().column("id").from("user").take();
//! assert!(database.fetch_optional(&select).await?.is_none());
//! # Ok(())
//! # }
//! ```

mod additional;
mod database;
mod date;
mod ddl;
mod dialect;
mod error;
mod ids;
mod inspection;
mod issuer;
mod mysql;
mod names;
mod network;
mod one_row;
mod pool;
mod postgres;
mod protection;
mod row;
pub mod schema;
mod shape;
mod sqlite;
mod statement;
mod tables;
mod transaction;
mod url;

pub use additional::{AdditionalChange, AdditionalColumns, ColumnValue, UserColumn};
pub use database::Database;
pub use date::date;
pub use dialect::Dialect;
pub use error::StoreError;
pub use ids::IdKind;
pub use inspection::{Inspection, Lack, MisfitColumn, UnexpectedColumn};
pub use names::Names;
pub use pool::PoolSize;
pub use postgres::Listener;
pub use protection::Protection;
pub use row::{Cells, Row};
/// The statement builder: sea-query.
pub use sea_query as sql;
pub use statement::{Bound, Prepared, Statement};
pub use tables::{
    accounts, expired, linked_accounts, nodes, rate_limits, refresh_families, revocation_guards,
    revocations, sessions, signing_keys, spent_tokens, users, verifications,
};
pub use transaction::Transaction;
pub use url::{DatabaseUrl, DatabaseUrlError, ServerUrl};
