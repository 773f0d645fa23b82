//! Columns that features add to the tables `user` and `session`.
//!
//! The core reads and writes them with the others and does not know their names: a feature keeps a
//! [`UserColumn`] for each of its columns in its schema, and only through that are they reached.
//! [`Database::with_added_columns`](crate::Database::with_added_columns) says which there are.

use jiff::Timestamp;

use crate::{
    Cells, StoreError, date,
    schema::{Column, Kind},
    sql::Value,
    users::{ProfileChange, User},
};

/// A column that a feature adds to `user`.
#[derive(Debug)]
pub struct UserColumn {
    name: &'static str,
}

/// What stands in a column that a feature added, where that is not NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnValue {
    /// A text.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// An instant.
    Date(Timestamp),
}

/// What a row has in the columns that features added, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdditionalColumns(Vec<Place>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    name: &'static str,
    kind: Kind,
    value: Option<ColumnValue>,
}

impl ColumnValue {
    /// What a text column holds.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Boolean(_) | Self::Date(_) => None,
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Boolean(_) => Kind::Boolean,
            Self::Date(_) => Kind::Date,
        }
    }

    fn read(cells: &mut Cells, kind: Kind) -> Result<Option<Self>, StoreError> {
        Ok(match kind {
            Kind::Boolean => cells.optional_boolean()?.map(Self::Boolean),
            Kind::Date => cells.optional_timestamp()?.map(Self::Date),
            _ => cells.optional_text()?.map(Self::Text),
        })
    }
}

/// A value for a statement; `None` is NULL.
pub(crate) fn to_sql(value: Option<&ColumnValue>) -> Value {
    match value {
        None => Value::String(None),
        Some(ColumnValue::Text(text)) => text.as_str().into(),
        Some(ColumnValue::Boolean(yes)) => (*yes).into(),
        Some(ColumnValue::Date(when)) => date(*when),
    }
}

impl UserColumn {
    /// The handle of the column with this name.
    pub const fn named(name: &'static str) -> Self {
        Self { name }
    }

    /// The column's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The text that this user has in it.
    pub fn of<'a>(&self, user: &'a User) -> Option<&'a str> {
        self.value_of(user).and_then(ColumnValue::as_text)
    }

    /// What this user has in it.
    pub fn value_of<'a>(&self, user: &'a User) -> Option<&'a ColumnValue> {
        user.additional.value(self.name)
    }

    /// Puts a text there; it is written by the next statement that writes this user.
    pub fn set(&self, user: &mut User, value: Option<String>) {
        self.set_value(user, value.map(ColumnValue::Text));
    }

    /// Puts a value there, as [`set`](Self::set) does.
    pub fn set_value(&self, user: &mut User, value: Option<ColumnValue>) {
        user.additional.put(self.name, value);
    }

    /// Has a change of a user's profile put a text there.
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
    /// These columns, each NULL.
    pub(crate) fn empty(columns: &[Column]) -> Self {
        let place = |column: &Column| Place { name: column.name, kind: column.kind, value: None };
        Self(columns.iter().map(place).collect())
    }

    pub(crate) fn read(cells: &mut Cells, columns: &[Column]) -> Result<Self, StoreError> {
        let place = |column: &Column| {
            let value = ColumnValue::read(cells, column.kind)?;
            Ok(Place { name: column.name, kind: column.kind, value })
        };
        columns.iter().map(place).collect::<Result<_, StoreError>>().map(Self)
    }

    fn put(&mut self, name: &'static str, value: Option<ColumnValue>) {
        if let Some(place) = self.0.iter_mut().find(|place| place.name == name) {
            place.value = value;
        } else {
            let kind = value.as_ref().map_or(Kind::Text, ColumnValue::kind);
            self.0.push(Place { name, kind, value });
        }
    }

    /// What stands in the column with this name.
    pub fn value(&self, name: &str) -> Option<&ColumnValue> {
        self.0.iter().find(|place| place.name == name)?.value.as_ref()
    }

    /// The same columns with these values, by name and kind.
    #[must_use]
    pub fn filled(&self, value_of: impl Fn(&str, Kind) -> Option<ColumnValue>) -> Self {
        let fill = |place: &Place| Place { value: value_of(place.name, place.kind), ..*place };
        Self(self.0.iter().map(fill).collect())
    }

    /// Those of the columns that `is_there` wants.
    #[must_use]
    pub fn limited(self, is_there: impl Fn(&str) -> bool) -> Self {
        Self(self.0.into_iter().filter(|place| is_there(place.name)).collect())
    }

    /// Each column's name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&ColumnValue>)> {
        self.0.iter().map(|place| (place.name, place.value.as_ref()))
    }
}
