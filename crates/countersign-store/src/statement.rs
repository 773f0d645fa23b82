//! Statements: built anew each time, or rendered once for the hot paths.

use std::borrow::Cow;

use sea_query::Value;

use crate::Dialect;

/// Something the database can run: a text and the values for its placeholders.
pub trait Statement {
    /// The text in this dialect, and its values.
    fn render(&self, dialect: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>);
}

/// A statement rendered once, for paths where building it each time would be felt.
///
/// ```
/// use countersign_store::{Prepared, sql::{Expr, ExprTrait, Query}};
///
/// let by_id = Prepared::new(
///     &Query::select().column("name").from("user").and_where(Expr::col("id").eq("")).take(),
/// );
/// let bound = by_id.bind(["some id".into()]);
/// # let _ = bound;
/// ```
pub struct Prepared {
    sqlite: String,
    postgres: String,
    mysql: String,
}

impl Prepared {
    /// Renders the statement; the values in it only hold the places of those given to
    /// [`bind`](Self::bind).
    pub fn new(statement: &impl Statement) -> Self {
        let text = |dialect| statement.render(dialect).0.into_owned();
        Self {
            sqlite: text(Dialect::Sqlite),
            postgres: text(Dialect::Postgres),
            mysql: text(Dialect::MySql),
        }
    }

    /// The statement with its values, in the order of the placeholders.
    pub fn bind<const N: usize>(&self, values: [Value; N]) -> Bound<'_, N> {
        Bound { prepared: self, values }
    }
}

/// A [`Prepared`] statement with its values.
pub struct Bound<'a, const N: usize> {
    prepared: &'a Prepared,
    values: [Value; N],
}

impl<const N: usize> Statement for Bound<'_, N> {
    fn render(&self, dialect: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        let text = match dialect {
            Dialect::Sqlite => &self.prepared.sqlite,
            Dialect::Postgres => &self.prepared.postgres,
            Dialect::MySql => &self.prepared.mysql,
        };
        (Cow::Borrowed(text), Cow::Borrowed(&self.values))
    }
}
