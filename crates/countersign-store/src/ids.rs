//! What ids are in a database: texts, UUIDs, or numbers that the database counts.
//!
//! Better Auth makes such databases with `advanced.database.generateId`. Outside of the database an
//! id is always a text.

use crate::{Dialect, schema::FoundColumn};

/// What the ids of a table are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdKind {
    /// Texts; whoever adds a row makes one.
    #[default]
    Text,
    /// UUIDs in a type of their own; whoever adds a row makes one.
    Uuid,
    /// Numbers of 32 bits that the database counts.
    Integer,
    /// Numbers of 64 bits that the database counts.
    BigInteger,
}

impl IdKind {
    /// Whether the database gives the ids.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Integer | Self::BigInteger)
    }

    /// Of a primary key. `None` for one that holds no id that anybody gives: a number that the
    /// database does not count, or bytes.
    pub(crate) fn of_key(column: &FoundColumn, dialect: Dialect) -> Option<Self> {
        let kind = Self::of(&column.kind, dialect)?;
        // On SQLite a key of any other integer type is not counted.
        let counts = !column.must_be_given
            && (dialect != Dialect::Sqlite || kind == Self::Integer && column.kind == "integer");
        (!kind.is_counted() || counts).then_some(kind)
    }

    /// Of a column that refers to such a key.
    pub(crate) fn of(kind: &str, dialect: Dialect) -> Option<Self> {
        let any = |kinds: &[&str]| kinds.iter().any(|part| kind.contains(part));
        match dialect {
            Dialect::Sqlite if any(&["bigint", "int8"]) => Some(Self::BigInteger),
            Dialect::Sqlite if any(&["int"]) => Some(Self::Integer),
            Dialect::Sqlite => (!any(&["real", "num", "blob"])).then_some(Self::Text),
            _ if kind == "uuid" => Some(Self::Uuid),
            _ if kind == "bigint" => Some(Self::BigInteger),
            _ if matches!(kind, "integer" | "int") => Some(Self::Integer),
            _ => any(&["char", "text", "user-defined", "enum"]).then_some(Self::Text),
        }
    }

    /// Whether the database compares both without being told how.
    pub(crate) fn meets(self, other: Self) -> bool {
        self == other || self.is_counted() && other.is_counted()
    }
}
