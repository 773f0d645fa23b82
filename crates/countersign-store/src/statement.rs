//! Statements: built anew each time, or rendered once for the hot paths.

use std::borrow::Cow;

use sea_query::{
    DeleteStatement, InsertStatement, SelectStatement, SqliteQueryBuilder, UpdateStatement, Value,
};

/// Something the database can run: a text and the values for its placeholders.
pub trait Statement {
    /// The text and its values.
    fn render(&self) -> (Cow<'_, str>, Cow<'_, [Value]>);
}

macro_rules! built_with_sea_query {
    ($($statement:ty),*) => {$(
        impl Statement for $statement {
            fn render(&self) -> (Cow<'_, str>, Cow<'_, [Value]>) {
                let (text, values) = self.build(SqliteQueryBuilder);
                (Cow::Owned(text), Cow::Owned(values.0))
            }
        }
    )*};
}

built_with_sea_query!(SelectStatement, InsertStatement, UpdateStatement, DeleteStatement);

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
pub struct Prepared(String);

impl Prepared {
    /// Renders the statement; the values in it only hold the places of those given to
    /// [`bind`](Self::bind).
    pub fn new(statement: &impl Statement) -> Self {
        Self(statement.render().0.into_owned())
    }

    /// The statement with its values, in the order of the placeholders.
    pub fn bind<const N: usize>(&self, values: [Value; N]) -> Bound<'_, N> {
        Bound { text: &self.0, values }
    }
}

/// A [`Prepared`] statement with its values.
pub struct Bound<'a, const N: usize> {
    text: &'a str,
    values: [Value; N],
}

impl<const N: usize> Statement for Bound<'_, N> {
    fn render(&self) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        (Cow::Borrowed(self.text), Cow::Borrowed(&self.values))
    }
}
