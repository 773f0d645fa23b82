//! The column `account.issuer`, which Better Auth 1.7.0 to 1.7.2 made NOT NULL and later ones do not
//! know. Where it still is, an insert into `account` gives it what they would have given.

use crate::{one_row::OneRow, sql::Value};

/// Where the column is: its table and its name.
pub(crate) const TABLE: &str = "account";
pub(crate) const COLUMN: &str = "issuer";

/// Fills the column of an account that is added.
pub(crate) fn fill(account: &mut OneRow<'_>) {
    let Some(Value::String(Some(provider))) = account.value_of("providerId") else { return };
    let issuer = match provider.as_str() {
        "credential" => "local:credential".to_owned(),
        provider => format!("local:oauth:{provider}"),
    };
    account.put(COLUMN, issuer.into());
}
