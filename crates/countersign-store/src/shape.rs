//! What a database has otherwise than Better Auth's migration makes it today: other names, ids that
//! it counts itself, a column of an earlier release, columns that are not there.
//!
//! Statements are written for the usual tables. Where a database is otherwise, they are put right
//! just before they run.

use std::{borrow::Cow, sync::Arc};

use crate::{Dialect, IdKind, Names, Statement, issuer, one_row::OneRow, sql::Value};

/// What is otherwise; by default nothing.
#[derive(Clone, Default)]
pub(crate) struct Shape {
    /// `None` where every name is Better Auth's.
    pub(crate) names: Option<Arc<Names>>,
    /// `None` before the database was looked at, and where nothing is unusual.
    pub(crate) found: Option<Arc<Found>>,
}

/// What an inspection found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// `account.issuer` has to be given.
    pub(crate) needs_issuer: bool,
    /// Tables whose ids are no texts.
    pub(crate) ids: Vec<(&'static str, IdKind)>,
    /// Columns that are read as NULL and not written.
    pub(crate) absent: Vec<(&'static str, &'static str)>,
}

impl Shape {
    pub(crate) fn id_kind(&self, table: &str) -> IdKind {
        let ids = self.found.iter().flat_map(|found| &found.ids);
        ids.into_iter().find(|(name, _)| *name == table).map_or(IdKind::Text, |(_, kind)| *kind)
    }

    /// A statement as this database takes it.
    pub(crate) fn fit<'a, S: Statement>(&'a self, statement: &'a S) -> Fitted<'a, S> {
        Fitted { statement, shape: self, returns_id: false }
    }

    /// An insert whose answer is the id that the database counted, where it says so in SQL.
    pub(crate) fn fit_counted<'a, S: Statement>(&'a self, insert: &'a S) -> Fitted<'a, S> {
        Fitted { statement: insert, shape: self, returns_id: true }
    }
}

impl Found {
    /// The insert of a row without what the database gives or lacks, and with what it asks for.
    fn put_right(&self, row: &mut OneRow<'_>) {
        let table = row.table;
        if self.needs_issuer && table == issuer::TABLE {
            issuer::fill(row);
        }
        if self.ids.iter().any(|(name, kind)| *name == table && kind.is_counted()) {
            row.leave_out("id");
        }
        for (_, column) in self.absent.iter().filter(|(name, _)| *name == table) {
            row.leave_out(column);
        }
    }
}

/// A statement as a database takes it.
pub(crate) struct Fitted<'a, S> {
    statement: &'a S,
    shape: &'a Shape,
    returns_id: bool,
}

impl<S: Statement> Statement for Fitted<'_, S> {
    fn render(&self, dialect: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        let (text, values) = self.statement.render(dialect);
        let found = self.shape.found.as_deref();
        let row = found.and_then(|found| {
            let mut row = OneRow::of(&text, &values, dialect)?;
            found.put_right(&mut row);
            Some(row.into_statement(dialect))
        });
        let (mut text, values) = match row {
            Some((text, values)) => (Cow::Owned(text), Cow::Owned(values)),
            None => (text, values),
        };
        if self.returns_id && dialect == Dialect::Postgres {
            text.to_mut().push_str(" RETURNING \"id\"");
        }
        let absent = found.map_or(&[][..], |found| &found.absent);
        match self.shape.names.as_deref() {
            None if absent.is_empty() => (text, values),
            names => {
                let usual = Names::default();
                let names = names.unwrap_or(&usual);
                (Cow::Owned(names.exchange(&text, dialect, absent)), values)
            }
        }
    }
}
