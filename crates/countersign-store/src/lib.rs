//! Rows that stay: Better Auth's tables, in the database that is already there.
//!
//! # What it does
//!
//! * [`Database`] opens a database by its [`DatabaseUrl`] and runs statements built with
//!   [`sql`] (sea-query). SQLite is called in place: a read is a function call, not a hop to
//!   another thread. Writes go through one connection, in order.
//! * [`schema`] holds tables as data; [`Inspection`] compares them with what a database really
//!   has. Nothing here writes DDL unless [`Database::create`] is called.
//! * [`users`], [`accounts`], [`sessions`], [`verifications`] and [`signing_keys`] are Better Auth's
//!   tables `user`, `account`, `session`, `verification` and `jwks` as typed rows.
//!
//! # How values are stored
//!
//! As Better Auth stores them, so that both can work on one database. On SQLite a date is text in
//! UTC with exactly three fractional digits and a `Z` ([`date`]), compared as text; a boolean is 0
//! or 1.
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
mod error;
mod inspection;
mod row;
pub mod schema;
mod sqlite;
mod statement;
mod tables;
mod transaction;
mod url;

pub use additional::{AdditionalColumns, UserColumn};
pub use database::Database;
pub use date::date;
pub use error::StoreError;
pub use inspection::{Inspection, UnexpectedColumn};
pub use row::{Cells, Row};
/// The statement builder: sea-query.
pub use sea_query as sql;
pub use statement::{Bound, Prepared, Statement};
pub use tables::{accounts, linked_accounts, sessions, signing_keys, users, verifications};
pub use transaction::Transaction;
pub use url::{DatabaseUrl, DatabaseUrlError};
