//! MySQL's errors, by what the caller can do about them.

use sqlx::{error::DatabaseError, mysql::MySqlDatabaseError};

use crate::StoreError;

pub(super) fn sort(error: &dyn DatabaseError) -> StoreError {
    let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() else {
        return StoreError::Refused(error.message().to_owned());
    };
    match error.number() {
        1062 | 1586 => StoreError::Duplicate { column: duplicate(error.message()) },
        number if is_passing(number) => StoreError::Unavailable(error.message().to_owned()),
        // Their messages repeat the value.
        number @ (1264 | 1292 | 1366 | 1411 | 1525) => {
            StoreError::Refused(format!("{number}: a value does not fit the type of its column"))
        }
        number => StoreError::Refused(format!("{number}: {}", error.message())),
    }
}

/// Too many connections, shutting down, no access, no such database, a full disk, a lock that
/// nobody gave back in time, transactions in each other's way, a server that only reads.
fn is_passing(number: u16) -> bool {
    matches!(
        number,
        1021 | 1040
            | 1044
            | 1045
            | 1049
            | 1053
            | 1077
            | 1079
            | 1114
            | 1152
            | 1184
            | 1203
            | 1205
            | 1213
            | 1226
            | 1290
            | 1317
            | 1698
            | 1836
            | 1927
            | 1969
            | 2006
            | 2013
            | 3024
    )
}

/// The column, from "… for key 'KEY'", where a key is named as Better Auth's migration does:
/// `column`, `table.column` or `table_column_uidx`.
fn duplicate(message: &str) -> String {
    let key = message.trim_end_matches('\'').rsplit('\'').next().unwrap_or(message);
    let (table, key) = key.rsplit_once('.').map_or((None, key), |(table, key)| (Some(table), key));
    let column =
        key.strip_suffix("_uidx").and_then(|key| key.split_once('_')).map_or(key, |(_, c)| c);
    match table {
        Some(table) => format!("{table}.{column}"),
        None => column.to_owned(),
    }
}
