//! What a database has, beside what the tables need.

use std::{fmt, sync::Arc};

use crate::{
    Dialect, IdKind, Names, issuer,
    protection::{PROTECTIONS, Protection},
    schema::{Column, FoundColumn, FoundTable, Rule, Table},
    shape::Found,
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
    /// By what plugins of Better Auth keep somebody out of this database.
    pub protections: Vec<&'static Protection>,
    /// What the ids are, in tables that are there.
    ids: Vec<(&'static str, IdKind)>,
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
    /// What it has to be.
    pub wanted: String,
}

/// A column that has to be given in every insert and that we know nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnexpectedColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

/// Why a table cannot be used as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Lack {
    /// It is not there.
    #[error("the table {0} is missing; `countersign migrate apply` adds it")]
    Table(String),
    /// A column is not there.
    #[error("the column {table}.{column} is missing; `countersign migrate apply` adds it")]
    Column {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column does not hold what is written here.
    #[error(
        "the column {}.{} is of type {} and has to be {}; change its type in the database (`countersign migrate` \
         alters nothing that is there)",
        .0.table, .0.column, .0.found, .0.wanted
    )]
    Misfit(MisfitColumn),
    /// Nobody knows what to write into a column.
    #[error(
        "nothing here fills the column {}.{}, which is NOT NULL without a default; let it be NULL, give it a default, \
         or drop it",
        .0.table, .0.column
    )]
    Unexpected(UnexpectedColumn),
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
            protections: Vec::new(),
            ids: Vec::new(),
        };
        for &table in tables {
            inspection.note_ids(table, found);
        }
        for (place, &table) in tables.iter().enumerate() {
            let name = inspection.table(table);
            match found.iter().find(|found| found.name == name) {
                // An addition to a table that will be made first.
                None if tables[..place].iter().any(|earlier| earlier.name == table.name) => {
                    let will_be = tables[..place].iter().filter(|other| other.name == table.name);
                    let will_be: Vec<_> = will_be.flat_map(|other| other.columns).collect();
                    let new = table.columns.iter();
                    let new = new.filter(|new| will_be.iter().all(|other| other.name != new.name));
                    inspection.missing_columns.extend(new.map(|column| (table, column)));
                }
                None => inspection.missing_tables.push(table),
                Some(found) => inspection.compare_columns(table, &found.columns),
            }
        }
        for table in found {
            inspection.note_unexpected(tables, table);
        }
        let is_there = |protection: &&Protection| inspection.has(found, protection.place);
        inspection.protections = PROTECTIONS.iter().filter(is_there).collect();
        inspection
    }

    fn has(&self, found: &[FoundTable], (table, column): (&str, &str)) -> bool {
        let (table, column) = match &self.names {
            Some(names) => (names.table(table), names.column(table, column)),
            None => (table.to_owned(), column.to_owned()),
        };
        let mut columns =
            found.iter().filter(|found| found.name == table).flat_map(|found| &found.columns);
        columns.any(|found| found.name == column)
    }

    fn note_ids(&mut self, table: &'static Table, found: &[FoundTable]) {
        let name = self.table(table);
        let keys = table.columns.iter().filter(|column| column.rule == Rule::Key);
        for key in keys {
            let column = self.column(table, key);
            let columns = found.iter().filter(|found| found.name == name);
            let key = columns.flat_map(|found| &found.columns).find(|other| other.name == column);
            if let Some(kind) = key.and_then(|key| IdKind::of_key(key, self.dialect)) {
                self.ids.push((table.name, kind));
            }
        }
    }

    /// What the ids of a table are, or will be when it is made: those of `user`.
    fn id_kind(&self, table: &str) -> IdKind {
        let of = |name: &str| self.ids.iter().find(|(known, _)| *known == name);
        of(table).or_else(|| of("user")).map_or(IdKind::Text, |(_, kind)| *kind)
    }

    fn compare_columns(&mut self, table: &'static Table, found: &[FoundColumn]) {
        for column in table.columns {
            let name = self.column(table, column);
            match found.iter().find(|other| other.name == name) {
                None if self.is_missing(table, column) => {}
                None => self.missing_columns.push((table, column)),
                Some(other) if !self.fits(column, other) => {
                    let (found, wanted) = (other.kind.clone(), self.wanted(column));
                    let misfit =
                        MisfitColumn { table: self.table(table), column: name, found, wanted };
                    if !self.misfit_columns.contains(&misfit) {
                        self.misfit_columns.push(misfit);
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Whether a column holds what is written here, and gives it back.
    fn fits(&self, column: &Column, found: &FoundColumn) -> bool {
        match column.rule {
            Rule::Key => IdKind::of_key(found, self.dialect).is_some(),
            Rule::Of(parent) => IdKind::of(&found.kind, self.dialect)
                .is_some_and(|kind| kind.meets(self.id_kind(parent))),
            _ => column.kind.fits(&found.kind, self.dialect),
        }
    }

    /// What a column has to be, in words.
    fn wanted(&self, column: &Column) -> String {
        match column.rule {
            Rule::Key => "text, uuid, or an integer that the database counts".to_owned(),
            Rule::Of(parent) => format!("of the type of {parent}.id"),
            _ => column.kind.wanted(self.dialect).to_owned(),
        }
    }

    fn is_missing(&self, table: &Table, column: &Column) -> bool {
        let mut missing = self.missing_columns.iter();
        missing.any(|(other, known)| (other.name, known.name) == (table.name, column.name))
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

    /// Why this table, or what it adds to one of its name, cannot be used as it is.
    pub fn lack(&self, table: &Table) -> Option<Lack> {
        let name = self.table(table);
        if self.missing_tables.iter().any(|missing| missing.name == table.name) {
            return Some(Lack::Table(name));
        }
        let mut needed = table.columns.iter().filter(|column| column.rule != Rule::Spare);
        if let Some(column) = needed.find(|column| self.is_missing(table, column)) {
            return Some(Lack::Column { column: self.column(table, column), table: name });
        }
        let is_of =
            |other: &str| table.columns.iter().any(|column| self.column(table, column) == other);
        let mut misfits = self.misfit_columns.iter();
        let misfit = misfits.find(|misfit| misfit.table == name && is_of(&misfit.column));
        let unexpected = || self.unexpected_columns.iter().find(|column| column.table == name);
        let misfit = misfit.cloned().map(Lack::Misfit);
        misfit.or_else(|| unexpected().cloned().map(Lack::Unexpected))
    }

    /// What statements have to be told of this database.
    pub(crate) fn found(&self) -> Found {
        let ids = self.ids.iter().filter(|(_, kind)| *kind != IdKind::Text).copied().collect();
        let absent = self.missing_columns.iter();
        let absent = absent.filter(|(_, column)| column.rule == Rule::Spare);
        let absent = absent.map(|(table, column)| (table.name, column.name)).collect();
        Found { needs_issuer: self.needs_issuer, ids, absent }
    }

    /// The statements that would add what is missing.
    pub fn statements(&self) -> Vec<String> {
        let tables = self
            .missing_tables
            .iter()
            .flat_map(|table| table.create_statements(self.dialect, self.id_kind(table.name)));
        let columns = self.missing_columns.iter().flat_map(|(table, column)| {
            table.add_statements(column, self.dialect, self.id_kind(table.name))
        });
        let texts = tables.chain(columns);
        match &self.names {
            Some(names) => texts.map(|text| names.exchange(&text, self.dialect, &[])).collect(),
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
                 fills it: let it be NULL, give it a default, or drop it"
            )?;
        }
        for MisfitColumn { table, column, found, wanted } in &self.misfit_columns {
            writeln!(
                f,
                "column `{table}`.`{column}` is of type {found}, which does not hold what is \
                 written here: it has to be {wanted}"
            )?;
        }
        for statement in self.statements() {
            writeln!(f, "  {statement};")?;
        }
        Ok(())
    }
}
