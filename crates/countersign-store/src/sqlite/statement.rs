//! Running statements on a SQLite connection, and reading what it says about itself.

use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, params_from_iter, types::Value as Cell};

use crate::{Row, Statement, StoreError, schema::FoundColumn, sql::Value};

/// Up to `limit` rows of a select.
pub(crate) fn fetch(
    connection: &Connection,
    select: &impl Statement,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let (text, values) = select.render();
    let cells: Vec<Cell> = values.iter().map(cell).collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached(&text).map_err(refused)?;
    let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(params_from_iter(cells)).map_err(refused)?;
    let mut rows = Vec::new();
    while rows.len() < limit {
        let Some(row) = found.next().map_err(refused)? else { break };
        let values = (0..names.len()).map(|at| row.get(at)).collect::<Result<_, _>>();
        rows.push(Row { names: Arc::clone(&names), values: values.map_err(refused)? });
    }
    Ok(rows)
}

/// Runs an insert, update or delete; the number of rows it touched.
pub(crate) fn execute(
    connection: &Connection,
    statement: &impl Statement,
) -> Result<u64, StoreError> {
    let (text, values) = statement.render();
    let cells: Vec<Cell> = values.iter().map(cell).collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached(&text).map_err(refused)?;
    let touched = statement.execute(params_from_iter(cells)).map_err(refused)?;
    Ok(touched as u64)
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

/// The names of the tables somebody made.
pub(crate) fn tables(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let text = "SELECT name FROM sqlite_master \
                WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let mut statement = connection.prepare(text).map_err(refused)?;
    let names = statement.query_map([], |row| row.get(0)).map_err(refused)?;
    names.collect::<Result<_, _>>().map_err(refused)
}

/// The columns of a table.
pub(crate) fn columns(
    connection: &Connection,
    table: &str,
) -> Result<Vec<FoundColumn>, StoreError> {
    let text = "SELECT name, \"notnull\", dflt_value IS NOT NULL, pk FROM pragma_table_info(?1)";
    let mut statement = connection.prepare(text).map_err(refused)?;
    let columns = statement.query_map([table], |row| {
        let (required, has_default, key): (bool, bool, i64) =
            (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(FoundColumn { name: row.get(0)?, must_be_given: required && !has_default && key == 0 })
    });
    columns.map_err(refused)?.collect::<Result<_, _>>().map_err(refused)
}

fn cell(value: &Value) -> Result<Cell, StoreError> {
    Ok(match value {
        Value::Bool(Some(yes)) => Cell::Integer(i64::from(*yes)),
        Value::Int(Some(number)) => Cell::Integer(i64::from(*number)),
        Value::BigInt(Some(number)) => Cell::Integer(*number),
        Value::BigUnsigned(Some(number)) => Cell::Integer(number.cast_signed()),
        Value::String(Some(text)) => Cell::Text(text.clone()),
        Value::Bytes(Some(bytes)) => Cell::Blob(bytes.clone()),
        Value::Bool(None)
        | Value::Int(None)
        | Value::BigInt(None)
        | Value::BigUnsigned(None)
        | Value::String(None)
        | Value::Bytes(None) => Cell::Null,
        _ => {
            return Err(StoreError::Refused(
                "a statement holds a kind of value that SQLite columns here do not have".to_owned(),
            ));
        }
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
