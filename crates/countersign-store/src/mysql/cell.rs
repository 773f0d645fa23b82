//! Rows in MySQL's binary form.

use std::sync::Arc;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sqlx::{
    Decode, MySql, Row as _, TypeInfo as _, ValueRef as _,
    mysql::{MySqlRow, MySqlValueRef},
};

use crate::{Row, StoreError, row::Cell};

pub(super) fn read(row: &MySqlRow, names: &Arc<[String]>) -> Result<Row, StoreError> {
    let values = (0..names.len()).map(|at| {
        let value = row.try_get_raw(at).map_err(|error| StoreError::Refused(error.to_string()))?;
        cell(value).ok_or_else(|| StoreError::UnexpectedValue {
            column: names[at].clone(),
            found: "a type that is not read here",
            expected: "text, a number, a boolean or a date",
        })
    });
    Ok(Row { names: Arc::clone(names), values: values.collect::<Result<_, _>>()? })
}

fn cell(value: MySqlValueRef<'_>) -> Option<Cell> {
    if value.is_null() {
        return Some(Cell::Null);
    }
    let kind = value.type_info().name().to_owned();
    let kind = kind.trim_end_matches(" UNSIGNED");
    Some(match kind {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "INT" | "MEDIUMINT" | "BIGINT" => {
            Cell::Integer(<i64 as Decode<MySql>>::decode(value).ok()?)
        }
        "FLOAT" | "DOUBLE" => Cell::Fraction,
        "TIMESTAMP" | "DATETIME" => Cell::Date(instant(bytes(value)?)?),
        "BIT" | "GEOMETRY" | "TIME" | "DATE" | "YEAR" => return None,
        // Whether bytes are text depends on the collation; what is text reads as such.
        _ => match std::str::from_utf8(bytes(value)?) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => Cell::Bytes,
        },
    })
}

fn bytes(value: MySqlValueRef<'_>) -> Option<&[u8]> {
    <&[u8] as Decode<MySql>>::decode(value).ok()
}

/// A length, then year, month, day, and where they are not zero hour, minute, second, and then
/// microseconds; all in UTC.
fn instant(bytes: &[u8]) -> Option<Timestamp> {
    let at = |place: usize| bytes.get(place).copied().and_then(|byte| i8::try_from(byte).ok());
    let year = i16::from_le_bytes(bytes.get(1..3)?.try_into().ok()?);
    let micros = match bytes.get(8..12) {
        Some(micros) => i32::from_le_bytes(micros.try_into().ok()?),
        None => 0,
    };
    let (hour, minute, second) = (at(5).unwrap_or(0), at(6).unwrap_or(0), at(7).unwrap_or(0));
    let date = DateTime::new(year, at(3)?, at(4)?, hour, minute, second, micros * 1000).ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
