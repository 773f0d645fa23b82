//! What the plugin adds to `user` and to `session`.

use countersign_store::{
    UserColumn,
    schema::{Kind, Rule, Table, column},
};

use crate::features::role::ROLE;

/// Whether the user is kept out.
pub(super) static BANNED: UserColumn = UserColumn::named("banned");

/// Why, for administrators.
pub(super) static BAN_REASON: UserColumn = UserColumn::named("banReason");

/// Until when; NULL is for good.
pub(super) static BAN_EXPIRES: UserColumn = UserColumn::named("banExpires");

/// Who is in this session in the user's place: another user's id.
pub(super) const IMPERSONATED_BY: &str = "impersonatedBy";

/// The members of a user's JSON.
pub(in crate::features) static USER_MEMBERS: [&str; 4] =
    [ROLE.name(), BANNED.name(), BAN_REASON.name(), BAN_EXPIRES.name()];

pub(super) static TABLES: [Table; 2] = [
    Table {
        name: "user",
        columns: &[
            column(ROLE.name(), Kind::Text, Rule::Optional),
            column(BANNED.name(), Kind::Boolean, Rule::Optional),
            column(BAN_REASON.name(), Kind::Text, Rule::Optional),
            column(BAN_EXPIRES.name(), Kind::Date, Rule::Optional),
        ],
        indexes: &[],
    },
    Table {
        name: "session",
        columns: &[column(IMPERSONATED_BY, Kind::Text, Rule::Optional)],
        indexes: &[],
    },
];
