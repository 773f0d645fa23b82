//! Rows in PostgreSQL's binary form.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sqlx::{
    Row as _, ValueRef as _,
    postgres::{PgRow, PgValueRef},
};
use uuid::Uuid;

use crate::{Row, StoreError, row::Cell};

/// 2000-01-01T00:00:00Z, from where PostgreSQL counts microseconds.
pub(super) const EPOCH: Timestamp = Timestamp::constant(946_684_800, 0);

/// The types that are not read as text.
pub(super) mod oid {
    pub(crate) const BOOL: u32 = 16;
    pub(crate) const BYTEA: u32 = 17;
    pub(crate) const INT8: u32 = 20;
    pub(crate) const INT2: u32 = 21;
    pub(crate) const INT4: u32 = 23;
    pub(crate) const FLOAT8: u32 = 701;
    pub(crate) const TIMESTAMP: u32 = 1114;
    pub(crate) const TIMESTAMPTZ: u32 = 1184;
    pub(crate) const NUMERIC: u32 = 1700;
    pub(crate) const UUID: u32 = 2950;
    pub(crate) const JSONB: u32 = 3802;
}

pub(super) fn read(row: &PgRow, names: &Arc<[String]>) -> Result<Row, StoreError> {
    let values = (0..names.len()).map(|at| {
        let value = row.try_get_raw(at).map_err(|error| StoreError::Refused(error.to_string()))?;
        cell(&value).ok_or_else(|| StoreError::UnexpectedValue {
            column: names[at].clone(),
            found: "a type that is not read here",
            expected: "text, a number, a boolean or a date",
        })
    });
    Ok(Row { names: Arc::clone(names), values: values.collect::<Result<_, _>>()? })
}

fn cell(value: &PgValueRef<'_>) -> Option<Cell> {
    if value.is_null() {
        return Some(Cell::Null);
    }
    let bytes = value.as_bytes().ok()?;
    let kind = value.type_info().oid().map(|oid| oid.0).unwrap_or_default();
    Some(match kind {
        oid::BOOL => Cell::Integer(i64::from(*bytes.first()?)),
        oid::INT2 => Cell::Integer(i64::from(i16::from_be_bytes(bytes.try_into().ok()?))),
        oid::INT4 => Cell::Integer(i64::from(i32::from_be_bytes(bytes.try_into().ok()?))),
        oid::INT8 => Cell::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        oid::FLOAT8 => Cell::Fraction,
        oid::TIMESTAMP | oid::TIMESTAMPTZ => {
            let since = i64::from_be_bytes(bytes.try_into().ok()?);
            Cell::Date(EPOCH.checked_add(SignedDuration::from_micros(since)).ok()?)
        }
        oid::UUID => Cell::Text(Uuid::from_slice(bytes).ok()?.to_string()),
        oid::BYTEA => Cell::Bytes,
        oid::JSONB => text(bytes.get(1..)?)?,
        oid::NUMERIC => return None,
        _ => text(bytes)?,
    })
}

fn text(bytes: &[u8]) -> Option<Cell> {
    Some(Cell::Text(std::str::from_utf8(bytes).ok()?.to_owned()))
}
