//! Values as MySQL takes them.

use sea_query::Value;
use sqlx::{Arguments as _, mysql::MySqlArguments};

use crate::StoreError;

/// The values of a statement, in the order of its placeholders.
pub(super) fn arguments(values: &[Value]) -> Result<MySqlArguments, StoreError> {
    let mut arguments = MySqlArguments::default();
    for value in values {
        let added = match value {
            Value::Bool(Some(yes)) => arguments.add(*yes),
            Value::Int(Some(number)) => arguments.add(*number),
            Value::BigInt(Some(number)) => arguments.add(*number),
            Value::BigUnsigned(Some(number)) => arguments.add(*number),
            Value::String(Some(text)) => arguments.add(text.as_str()),
            Value::Bytes(Some(bytes)) => arguments.add(bytes.as_slice()),
            // The session speaks UTC.
            Value::JiffTimestamp(Some(when)) => {
                arguments.add(when.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string())
            }
            value if *value == value.as_null() => arguments.add(None::<&str>),
            _ => return Err(StoreError::unknown_kind()),
        };
        added.map_err(|error| StoreError::Refused(error.to_string()))?;
    }
    Ok(arguments)
}
