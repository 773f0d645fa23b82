//! What the plugin adds to `user`: the name to sign in with, and the name as it was typed.

use countersign_store::{
    UserColumn,
    schema::{Kind, Rule, Table, column},
};

/// In lower case; no two users share one.
pub(super) static USERNAME: UserColumn = UserColumn::named("username");

/// As the user typed it.
pub(super) static DISPLAY_USERNAME: UserColumn = UserColumn::named("displayUsername");

/// The members of a user's JSON.
pub(crate) static USER_MEMBERS: [&str; 2] = [USERNAME.name(), DISPLAY_USERNAME.name()];

pub(super) static TABLES: [Table; 1] = [Table {
    name: "user",
    columns: &[
        column(USERNAME.name(), Kind::Text, Rule::OptionalUnique),
        column(DISPLAY_USERNAME.name(), Kind::Text, Rule::Optional),
    ],
    indexes: &[],
}];
