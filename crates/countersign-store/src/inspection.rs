//! What a database has, beside what the tables need.

use std::fmt;

use crate::schema::{Column, FoundColumn, Table};

/// The difference between the tables a program needs and those a database has.
///
/// Its `Display` is for people: what is missing, and the statements that would add it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// The database has no table at all: it is new.
    pub is_empty: bool,
    /// Tables that are not there.
    pub missing_tables: Vec<&'static Table>,
    /// Columns that are not there, in tables that are.
    pub missing_columns: Vec<(&'static Table, &'static Column)>,
    /// Columns we do not know and could not fill: NOT NULL, without a default.
    pub unexpected_columns: Vec<UnexpectedColumn>,
}

/// A column that has to be given in every insert and that we know nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnexpectedColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: String,
}

impl Inspection {
    pub(crate) fn compare(
        tables: &[&'static Table],
        found: &[(String, Vec<FoundColumn>)],
    ) -> Inspection {
        let mut inspection = Inspection {
            is_empty: found.is_empty(),
            missing_tables: Vec::new(),
            missing_columns: Vec::new(),
            unexpected_columns: Vec::new(),
        };
        for (place, &table) in tables.iter().enumerate() {
            match found.iter().find(|(name, _)| name == table.name) {
                // An addition to a table that will be made first.
                None if tables[..place].iter().any(|earlier| earlier.name == table.name) => {
                    inspection
                        .missing_columns
                        .extend(table.columns.iter().map(|column| (table, column)));
                }
                None => inspection.missing_tables.push(table),
                Some((_, columns)) => inspection.note_missing(table, columns),
            }
        }
        for (name, columns) in found {
            inspection.note_unexpected(tables, name, columns);
        }
        inspection
    }

    fn note_missing(&mut self, table: &'static Table, found: &[FoundColumn]) {
        for column in table.columns {
            if !found.iter().any(|other| other.name == column.name) {
                self.missing_columns.push((table, column));
            }
        }
    }

    /// What nobody fills, neither the core nor a feature that adds to its table.
    fn note_unexpected(&mut self, tables: &[&'static Table], name: &str, found: &[FoundColumn]) {
        let ours: Vec<_> = tables.iter().filter(|table| table.name == name).collect();
        let Some(table) = ours.first() else { return };
        for other in found.iter().filter(|other| other.must_be_given) {
            let mut known = ours.iter().flat_map(|table| table.columns);
            if !known.any(|column| column.name == other.name) {
                let unexpected = UnexpectedColumn { table: table.name, column: other.name.clone() };
                self.unexpected_columns.push(unexpected);
            }
        }
    }

    /// Whether every table and column is there and every insert can succeed.
    pub fn is_complete(&self) -> bool {
        self.missing_tables.is_empty()
            && self.missing_columns.is_empty()
            && self.unexpected_columns.is_empty()
    }

    /// The statements that would add what is missing.
    pub fn statements(&self) -> Vec<String> {
        let tables = self.missing_tables.iter().flat_map(|table| table.create_statements());
        let columns =
            self.missing_columns.iter().flat_map(|(table, column)| table.add_statements(column));
        tables.chain(columns).collect()
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.missing_tables {
            writeln!(f, "table `{}` is missing", table.name)?;
        }
        for (table, column) in &self.missing_columns {
            writeln!(f, "column `{}`.`{}` is missing", table.name, column.name)?;
        }
        for UnexpectedColumn { table, column } in &self.unexpected_columns {
            writeln!(
                f,
                "column `{table}`.`{column}` is NOT NULL without a default, and nothing here \
                 fills it: make it nullable or drop it"
            )?;
        }
        for statement in self.statements() {
            writeln!(f, "  {statement};")?;
        }
        Ok(())
    }
}
