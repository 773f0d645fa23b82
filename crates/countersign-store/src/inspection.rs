//! What a database has, beside what the tables need.

use std::{fmt, sync::Arc};

use crate::{
    Dialect, Names, issuer,
    schema::{Column, FoundColumn, FoundTable, Table},
};

/// The difference between the tables a program needs and those a database has.
///
/// Its `Display` is for people: what is missing, and the statements that would add it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Inspection {
    dialect: Dialect,
    names: Option<Arc<Names>>,
    /// The database has no table at all: it is new.
    pub is_empty: bool,
    /// Tables that are not there.
    pub missing_tables: Vec<&'static Table>,
    /// Columns that are not there, in tables that are.
    pub missing_columns: Vec<(&'static Table, &'static Column)>,
    /// Columns we do not know and could not fill: NOT NULL, without a default.
    pub unexpected_columns: Vec<UnexpectedColumn>,
    /// `account.issuer` of Better Auth 1.7.0 to 1.7.2 is there and has to be given.
    pub needs_issuer: bool,
    /// Columns whose type does not hold what is written here.
    pub misfit_columns: Vec<MisfitColumn>,
}

/// A column of a type that does not hold what is written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MisfitColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The type it has.
    pub found: String,
}

/// A column that has to be given in every insert and that we know nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnexpectedColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

impl Inspection {
    pub(crate) fn compare(
        dialect: Dialect,
        names: Option<Arc<Names>>,
        tables: &[&'static Table],
        found: &[FoundTable],
    ) -> Inspection {
        let mut inspection = Inspection {
            dialect,
            names,
            is_empty: found.is_empty(),
            missing_tables: Vec::new(),
            missing_columns: Vec::new(),
            unexpected_columns: Vec::new(),
            misfit_columns: Vec::new(),
            needs_issuer: false,
        };
        for (place, &table) in tables.iter().enumerate() {
            let name = inspection.table(table);
            match found.iter().find(|found| found.name == name) {
                // An addition to a table that will be made first.
                None if tables[..place].iter().any(|earlier| earlier.name == table.name) => {
                    inspection
                        .missing_columns
                        .extend(table.columns.iter().map(|column| (table, column)));
                }
                None => inspection.missing_tables.push(table),
                Some(found) => inspection.compare_columns(table, &found.columns),
            }
        }
        for table in found {
            inspection.note_unexpected(tables, table);
        }
        inspection
    }

    fn compare_columns(&mut self, table: &'static Table, found: &[FoundColumn]) {
        for column in table.columns {
            let name = self.column(table, column);
            match found.iter().find(|other| other.name == name) {
                None => self.missing_columns.push((table, column)),
                Some(other) if !column.kind.fits(&other.kind, self.dialect) => {
                    self.misfit_columns.push(MisfitColumn {
                        table: self.table(table),
                        column: name,
                        found: other.kind.clone(),
                    });
                }
                Some(_) => {}
            }
        }
    }

    /// What nobody fills, neither the core nor a feature that adds to its table.
    fn note_unexpected(&mut self, tables: &[&'static Table], found: &FoundTable) {
        let ours: Vec<_> =
            tables.iter().filter(|table| self.table(table) == found.name).copied().collect();
        let Some(table) = ours.first().copied() else { return };
        for other in found.columns.iter().filter(|other| other.must_be_given) {
            let is_known = ours.iter().any(|table| {
                table.columns.iter().any(|column| self.column(table, column) == other.name)
            });
            if (table.name, other.name.as_str()) == (issuer::TABLE, issuer::COLUMN) {
                self.needs_issuer = true;
            } else if !is_known {
                let column = other.name.clone();
                self.unexpected_columns.push(UnexpectedColumn { table: self.table(table), column });
            }
        }
    }

    /// What the table is called in the database.
    fn table(&self, table: &Table) -> String {
        self.names.as_ref().map_or_else(|| table.name.to_owned(), |names| names.table(table.name))
    }

    /// What the column is called in the database.
    fn column(&self, table: &Table, column: &Column) -> String {
        let theirs = self.names.as_ref().map(|names| names.column(table.name, column.name));
        theirs.unwrap_or_else(|| column.name.to_owned())
    }

    /// Whether every table and column is there and every insert can succeed.
    pub fn is_complete(&self) -> bool {
        self.missing_tables.is_empty()
            && self.missing_columns.is_empty()
            && self.unexpected_columns.is_empty()
            && self.misfit_columns.is_empty()
    }

    /// The statements that would add what is missing.
    pub fn statements(&self) -> Vec<String> {
        let tables =
            self.missing_tables.iter().flat_map(|table| table.create_statements(self.dialect));
        let columns = self
            .missing_columns
            .iter()
            .flat_map(|(table, column)| table.add_statements(column, self.dialect));
        let texts = tables.chain(columns);
        match &self.names {
            Some(names) => texts.map(|text| names.exchange(&text, self.dialect)).collect(),
            None => texts.collect(),
        }
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.missing_tables {
            writeln!(f, "table `{}` is missing", self.table(table))?;
        }
        for (table, column) in &self.missing_columns {
            let (table, column) = (self.table(table), self.column(table, column));
            writeln!(f, "column `{table}`.`{column}` is missing")?;
        }
        for UnexpectedColumn { table, column } in &self.unexpected_columns {
            writeln!(
                f,
                "column `{table}`.`{column}` is NOT NULL without a default, and nothing here \
                 fills it: make it nullable or drop it"
            )?;
        }
        for MisfitColumn { table, column, found } in &self.misfit_columns {
            writeln!(
                f,
                "column `{table}`.`{column}` is of type {found}, which does not hold what is \
                 written here"
            )?;
        }
        for statement in self.statements() {
            writeln!(f, "  {statement};")?;
        }
        Ok(())
    }
}
