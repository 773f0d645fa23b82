//! One row of an answer.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{StoreError, date};

/// What a column of a row holds, whichever engine it came from. A boolean is 0 or 1.
#[derive(Clone)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Fraction,
    Text(String),
    Bytes,
    Date(Timestamp),
}

/// A row, read by column name or, where the statement fixes the order, cell by cell.
pub struct Row {
    pub(crate) names: Arc<[String]>,
    pub(crate) values: Vec<Cell>,
}

impl Row {
    /// A text column that is never NULL.
    pub fn text(&self, name: &str) -> Result<String, StoreError> {
        self.optional_text(name)?.ok_or_else(|| unexpected(name, "NULL", "text"))
    }

    /// A text column, or `None` for NULL.
    pub fn optional_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        read_text(self.value(name)?.clone(), || name.to_owned())
    }

    /// An integer column that is never NULL.
    pub fn integer(&self, name: &str) -> Result<i64, StoreError> {
        match self.value(name)? {
            Cell::Integer(number) => Ok(*number),
            other => Err(unexpected(name, kind(other), "an integer")),
        }
    }

    /// An integer column, or `None` for NULL.
    pub fn optional_integer(&self, name: &str) -> Result<Option<i64>, StoreError> {
        match self.value(name)? {
            Cell::Null => Ok(None),
            _ => self.integer(name).map(Some),
        }
    }

    /// A boolean column: 1 is true, 0 is false.
    pub fn boolean(&self, name: &str) -> Result<bool, StoreError> {
        read_boolean(self.value(name)?, || name.to_owned())
    }

    /// A date column that is never NULL.
    pub fn timestamp(&self, name: &str) -> Result<Timestamp, StoreError> {
        self.optional_timestamp(name)?.ok_or_else(|| unexpected(name, "NULL", "a date"))
    }

    /// A date column, or `None` for NULL.
    pub fn optional_timestamp(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        read_date(self.value(name)?, || name.to_owned())
    }

    /// The cells in the order of the statement's columns.
    pub fn into_cells(self) -> Cells {
        Cells::new(self.values)
    }

    fn value(&self, name: &str) -> Result<&Cell, StoreError> {
        let position = self.names.iter().position(|known| known == name);
        position
            .map(|position| &self.values[position])
            .ok_or_else(|| unexpected(name, "no such column", "a column"))
    }
}

/// The cells of one row, taken one after the other.
///
/// A table's select list and its reader stand side by side and share their order; taking cells in
/// that order costs no look-up by name.
pub struct Cells {
    values: std::vec::IntoIter<Cell>,
    position: usize,
}

impl Cells {
    pub(crate) fn new(values: Vec<Cell>) -> Self {
        Self { values: values.into_iter(), position: 0 }
    }

    /// The next cell, a text that is never NULL.
    pub fn text(&mut self) -> Result<String, StoreError> {
        let position = self.position;
        self.optional_text()?.ok_or_else(|| unexpected(&place(position), "NULL", "text"))
    }

    /// The next cell, a text or NULL.
    pub fn optional_text(&mut self) -> Result<Option<String>, StoreError> {
        let (value, position) = self.next()?;
        read_text(value, || place(position))
    }

    /// The next cell, an integer that is never NULL.
    pub fn integer(&mut self) -> Result<i64, StoreError> {
        match self.next()? {
            (Cell::Integer(number), _) => Ok(number),
            (other, position) => Err(unexpected(&place(position), kind(&other), "an integer")),
        }
    }

    /// The next cell, a boolean.
    pub fn boolean(&mut self) -> Result<bool, StoreError> {
        let (value, position) = self.next()?;
        read_boolean(&value, || place(position))
    }

    /// The next cell, a boolean or NULL.
    pub fn optional_boolean(&mut self) -> Result<Option<bool>, StoreError> {
        match self.next()? {
            (Cell::Null, _) => Ok(None),
            (value, position) => read_boolean(&value, || place(position)).map(Some),
        }
    }

    /// The next cell, a date that is never NULL.
    pub fn timestamp(&mut self) -> Result<Timestamp, StoreError> {
        let position = self.position;
        self.optional_timestamp()?.ok_or_else(|| unexpected(&place(position), "NULL", "a date"))
    }

    /// The next cell, a date or NULL.
    pub fn optional_timestamp(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let (value, position) = self.next()?;
        read_date(&value, || place(position))
    }

    fn next(&mut self) -> Result<(Cell, usize), StoreError> {
        let position = self.position;
        self.position += 1;
        let value = self.values.next();
        value
            .map(|value| (value, position))
            .ok_or_else(|| unexpected(&place(position), "no more columns", "a column"))
    }
}

fn read_text(value: Cell, name: impl Fn() -> String) -> Result<Option<String>, StoreError> {
    match value {
        Cell::Null => Ok(None),
        Cell::Text(text) => Ok(Some(text)),
        // Ids that the database counts are numbers there and texts everywhere else.
        Cell::Integer(number) => Ok(Some(number.to_string())),
        other => Err(unexpected(&name(), kind(&other), "text")),
    }
}

fn read_boolean(value: &Cell, name: impl Fn() -> String) -> Result<bool, StoreError> {
    match value {
        Cell::Integer(0) => Ok(false),
        Cell::Integer(1) => Ok(true),
        other => Err(unexpected(&name(), kind(other), "0 or 1")),
    }
}

fn read_date(value: &Cell, name: impl Fn() -> String) -> Result<Option<Timestamp>, StoreError> {
    match value {
        Cell::Null => Ok(None),
        Cell::Date(when) => Ok(Some(*when)),
        Cell::Text(text) => date::parse(text)
            .map(Some)
            .ok_or_else(|| unexpected(&name(), "another text", "a date in UTC")),
        other => Err(unexpected(&name(), kind(other), "a date in UTC")),
    }
}

fn place(position: usize) -> String {
    format!("number {}", position + 1)
}

fn unexpected(name: &str, found: &'static str, expected: &'static str) -> StoreError {
    StoreError::UnexpectedValue { column: name.to_owned(), found, expected }
}

fn kind(value: &Cell) -> &'static str {
    match value {
        Cell::Null => "NULL",
        Cell::Integer(_) => "an integer",
        Cell::Fraction => "a fraction",
        Cell::Text(_) => "text",
        Cell::Bytes => "bytes",
        Cell::Date(_) => "a date",
    }
}
