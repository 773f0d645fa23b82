//! The three kinds of SQL.

use std::borrow::Cow;

use sea_query::{
    DeleteStatement, InsertStatement, MysqlQueryBuilder, PostgresQueryBuilder, SelectStatement,
    SqliteQueryBuilder, UpdateStatement, Value,
};

use crate::Statement;

/// Which SQL a database speaks. MariaDB speaks that of MySQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
}

impl Dialect {
    /// What stands around names.
    pub(crate) fn quote(self) -> char {
        if self == Self::MySql { '`' } else { '"' }
    }
}

macro_rules! built_with_sea_query {
    ($($statement:ty),*) => {$(
        impl Statement for $statement {
            fn render(&self, dialect: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
                let (text, values) = match dialect {
                    Dialect::Sqlite => self.build(SqliteQueryBuilder),
                    Dialect::Postgres => self.build(PostgresQueryBuilder),
                    Dialect::MySql => self.build(MysqlQueryBuilder),
                };
                (Cow::Owned(text), Cow::Owned(values.0))
            }
        }
    )*};
}

built_with_sea_query!(SelectStatement, InsertStatement, UpdateStatement, DeleteStatement);
