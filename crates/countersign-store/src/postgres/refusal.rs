//! PostgreSQL's errors, by what the caller can do about them.

use sqlx::{error::DatabaseError, postgres::PgDatabaseError};

use crate::StoreError;

pub(super) fn sort(error: &dyn DatabaseError) -> StoreError {
    let Some(error) = error.try_downcast_ref::<PgDatabaseError>() else {
        return StoreError::Refused(error.message().to_owned());
    };
    match error.code() {
        "23505" => StoreError::Duplicate { column: duplicate(error) },
        // The class "data exception": the message repeats the value.
        code if code.starts_with("22") => {
            StoreError::Refused(format!("{code}: a value does not fit the type of its column"))
        }
        code if is_passing(code) => StoreError::Unavailable(error.message().to_owned()),
        code => StoreError::Refused(format!("{code}: {}", error.message())),
    }
}

/// Connections (08), credentials (28), resources (53), operators (57), the system (58); a database
/// that is not there, a standby that cannot write, and transactions in each other's way.
fn is_passing(code: &str) -> bool {
    ["08", "28", "53", "57", "58"].iter().any(|class| code.starts_with(class))
        || matches!(code, "3D000" | "25006" | "40001" | "40P01" | "55P03")
}

/// `table.column`, from "Key (column)=(value) already exists"; the constraint where that is absent.
fn duplicate(error: &PgDatabaseError) -> String {
    let key = error.detail().and_then(|detail| detail.split_once('(')?.1.split_once(")=("));
    match (error.table(), key) {
        (Some(table), Some((column, _))) => format!("{table}.{}", column.trim_matches('"')),
        _ => error.constraint().unwrap_or("unknown").to_owned(),
    }
}
