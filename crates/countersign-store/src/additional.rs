//! Columns that features add to the table `user`.
//!
//! The core reads and writes them with the others and does not know their names: a feature keeps a
//! [`UserColumn`] for each of its columns in its schema, and only through that are they reached.
//! [`Database::with_user_columns`](crate::Database::with_user_columns) says which there are.

use crate::users::{ProfileChange, User};

/// A column of texts that a feature adds to `user`.
#[derive(Debug)]
pub struct UserColumn {
    name: &'static str,
}

/// What a user has in the columns that features added, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdditionalColumns(Vec<(&'static str, Option<String>)>);

impl UserColumn {
    /// The handle of the column with this name.
    pub const fn named(name: &'static str) -> Self {
        Self { name }
    }

    /// The column's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What this user has in it.
    pub fn of<'a>(&self, user: &'a User) -> Option<&'a str> {
        let found = user.additional.0.iter().find(|(name, _)| *name == self.name);
        found.and_then(|(_, value)| value.as_deref())
    }

    /// Puts a value there; it is written by the next statement that writes this user.
    pub fn set(&self, user: &mut User, value: Option<String>) {
        let columns = &mut user.additional.0;
        match columns.iter_mut().find(|(name, _)| *name == self.name) {
            Some((_, old)) => *old = value,
            None => columns.push((self.name, value)),
        }
    }

    /// Has a change of a user's profile put a value there.
    pub fn change(&self, change: &mut ProfileChange, value: Option<String>) {
        change.additional.0.push((self.name, value));
    }
}

/// What is to stand in columns that features added; the others stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdditionalChange(Vec<(&'static str, Option<String>)>);

impl AdditionalChange {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (*name, value.as_deref()))
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = (&'static str, Option<String>)> {
        self.0.into_iter()
    }
}

impl AdditionalColumns {
    pub(crate) fn of(columns: Vec<(&'static str, Option<String>)>) -> Self {
        Self(columns)
    }

    /// The same columns with these values.
    #[must_use]
    pub fn filled(&self, value_of: impl Fn(&str) -> Option<String>) -> Self {
        Self(self.0.iter().map(|(name, _)| (*name, value_of(name))).collect())
    }

    /// Each column's name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (*name, value.as_deref()))
    }
}
