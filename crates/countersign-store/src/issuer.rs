//! The column `account.issuer`, which Better Auth 1.7.0 to 1.7.2 made NOT NULL and later ones do not
//! know. Where it still is, an insert into `account` gives it what they would have given.

use std::borrow::Cow;

use crate::{Dialect, Statement, sql::Value};

/// Where the column is: its table and its name.
pub(crate) const TABLE: &str = "account";
pub(crate) const COLUMN: &str = "issuer";

/// A statement that fills the column when it adds an account.
pub(crate) struct WithIssuer<'a, S> {
    pub(crate) statement: &'a S,
    pub(crate) is_needed: bool,
}

impl<S: Statement> Statement for WithIssuer<'_, S> {
    fn render(&self, dialect: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        let (text, values) = self.statement.render(dialect);
        if !self.is_needed {
            return (text, values);
        }
        match filled(&text, &values, dialect) {
            Some((text, values)) => (Cow::Owned(text), Cow::Owned(values)),
            None => (text, values),
        }
    }
}

/// The text and the values with one more column; `None` when no account is added.
fn filled(text: &str, values: &[Value], dialect: Dialect) -> Option<(String, Vec<Value>)> {
    let quote = if dialect == Dialect::MySql { '`' } else { '"' };
    let into = format!("INSERT INTO {quote}{TABLE}{quote} (");
    let (columns, places) = text.strip_prefix(&into)?.split_once(") VALUES (")?;
    let places = places.strip_suffix(')')?;
    let provider = format!("{quote}providerId{quote}");
    let place = columns.split(", ").position(|column| column == provider)?;
    let Value::String(Some(provider)) = values.get(place)? else { return None };
    let mark = match dialect {
        Dialect::Postgres => format!("${}", values.len() + 1),
        Dialect::Sqlite | Dialect::MySql => "?".to_owned(),
    };
    let text = format!("{into}{columns}, {quote}{COLUMN}{quote}) VALUES ({places}, {mark})");
    let issuer = match provider.as_str() {
        "credential" => "local:credential".to_owned(),
        provider => format!("local:oauth:{provider}"),
    };
    Some((text, values.iter().cloned().chain([issuer.into()]).collect()))
}
