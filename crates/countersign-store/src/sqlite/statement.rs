//! Running statements on a SQLite connection, and reading what it says about itself.

use std::{borrow::Cow, sync::Arc};

use rusqlite::{
    CachedStatement, Connection, ErrorCode, params_from_iter,
    types::{Value as Parameter, ValueRef},
};

use crate::{
    Cells, Dialect, Row, Statement, StoreError, date, row::Cell, schema::FoundTable, sql::Value,
};

/// Up to `limit` rows of a select.
pub(crate) fn fetch(
    connection: &Connection,
    select: &impl Statement,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let (mut statement, values) = ready(connection, select)?;
    let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(params_from_iter(values)).map_err(refused)?;
    let mut rows = Vec::new();
    while rows.len() < limit {
        let Some(row) = found.next().map_err(refused)? else { break };
        rows.push(Row { names: Arc::clone(&names), values: cells(row, names.len())? });
    }
    Ok(rows)
}

/// The first row of a select, without the names of its columns: they take as long as the row.
pub(crate) fn first(
    connection: &Connection,
    select: &impl Statement,
) -> Result<Option<Cells>, StoreError> {
    let (mut statement, values) = ready(connection, select)?;
    let columns = statement.column_count();
    let mut found = statement.query(params_from_iter(values)).map_err(refused)?;
    let Some(row) = found.next().map_err(refused)? else { return Ok(None) };
    Ok(Some(Cells::new(cells(row, columns)?)))
}

fn ready<'c>(
    connection: &'c Connection,
    statement: &impl Statement,
) -> Result<(CachedStatement<'c>, Vec<Parameter>), StoreError> {
    let (text, values) = statement.render(Dialect::Sqlite);
    let values = values.iter().map(parameter).collect::<Result<_, _>>()?;
    Ok((connection.prepare_cached(&text).map_err(refused)?, values))
}

fn cells(row: &rusqlite::Row<'_>, columns: usize) -> Result<Vec<Cell>, StoreError> {
    let mut cells = Vec::with_capacity(columns);
    for at in 0..columns {
        cells.push(cell(row.get_ref(at).map_err(refused)?)?);
    }
    Ok(cells)
}

/// Runs an insert, update or delete; the number of rows it touched.
pub(crate) fn execute(
    connection: &Connection,
    statement: &impl Statement,
) -> Result<u64, StoreError> {
    let (mut statement, values) = ready(connection, statement)?;
    let touched = statement.execute(params_from_iter(values)).map_err(refused)?;
    Ok(touched as u64)
}

/// Runs the insert of one row; the number that the database gave it.
pub(crate) fn insert(
    connection: &Connection,
    statement: &impl Statement,
) -> Result<String, StoreError> {
    execute(connection, statement)?;
    Ok(connection.last_insert_rowid().to_string())
}

/// Runs texts without values, all or none.
pub(crate) fn execute_all(connection: &Connection, texts: &[String]) -> Result<(), StoreError> {
    run(connection, "BEGIN IMMEDIATE")?;
    let done = texts.iter().try_for_each(|text| run(connection, text));
    let end = run(connection, if done.is_ok() { "COMMIT" } else { "ROLLBACK" });
    done.and(end)
}

/// Runs one text without values, whatever it answers.
pub(crate) fn run(connection: &Connection, text: &str) -> Result<(), StoreError> {
    connection.execute_batch(text).map_err(refused)
}

/// The tables somebody made.
pub(crate) fn tables(connection: &Connection) -> Result<Vec<FoundTable>, StoreError> {
    let text = "SELECT tables.name, columns.name, columns.type, \
        columns.\"notnull\" AND columns.dflt_value IS NULL AND columns.pk = 0 \
        FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns \
        WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
        ORDER BY tables.name, columns.cid";
    FoundTable::read(fetch(connection, &Text(text), usize::MAX)?)
}

/// A text without values.
struct Text(&'static str);

impl Statement for Text {
    fn render(&self, _: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        (Cow::Borrowed(self.0), Cow::Borrowed(&[]))
    }
}

fn parameter(value: &Value) -> Result<Parameter, StoreError> {
    Ok(match value {
        Value::Bool(Some(yes)) => Parameter::Integer(i64::from(*yes)),
        Value::Int(Some(number)) => Parameter::Integer(i64::from(*number)),
        Value::BigInt(Some(number)) => Parameter::Integer(*number),
        Value::BigUnsigned(Some(number)) => Parameter::Integer(number.cast_signed()),
        Value::String(Some(text)) => Parameter::Text(text.clone()),
        Value::Bytes(Some(bytes)) => Parameter::Blob(bytes.clone()),
        Value::JiffTimestamp(Some(when)) => Parameter::Text(date::text(**when)),
        value if *value == value.as_null() => Parameter::Null,
        _ => return Err(StoreError::unknown_kind()),
    })
}

fn cell(value: ValueRef<'_>) -> Result<Cell, StoreError> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(_) => Cell::Fraction,
        ValueRef::Text(bytes) => Cell::Text(
            std::str::from_utf8(bytes)
                .map_err(|_| StoreError::Refused("a text is not UTF-8".to_owned()))?
                .to_owned(),
        ),
        ValueRef::Blob(_) => Cell::Bytes,
    })
}

/// Sorts SQLite's errors by what the caller can do about them.
#[expect(clippy::needless_pass_by_value, reason = "the signature of `map_err`")]
fn refused(error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(failure, text) = &error else {
        return StoreError::Refused(error.to_string());
    };
    let text = text.clone().unwrap_or_else(|| failure.to_string());
    match failure.code {
        ErrorCode::ConstraintViolation => match text.strip_prefix("UNIQUE constraint failed: ") {
            Some(column) => StoreError::Duplicate { column: column.to_owned() },
            None => StoreError::Refused(text),
        },
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::ReadOnly => StoreError::Unavailable(text),
        _ => StoreError::Refused(text),
    }
}
