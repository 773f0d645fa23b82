//! The role of a user, where scopes depend on it: the column that Better Auth's plugin `admin` adds to `user`.

use countersign_store::{
    UserColumn,
    schema::{Column, JWKS, Kind, Rule, Table},
};

/// Names of roles, comma-separated.
pub(super) static ROLE: UserColumn = UserColumn::named("role");

pub(super) static TABLES_WITH_ROLE: [Table; 2] = [
    Table { name: JWKS[0].name, columns: JWKS[0].columns, indexes: JWKS[0].indexes },
    Table {
        name: "user",
        columns: &[Column { name: ROLE.name(), kind: Kind::Text, rule: Rule::Optional }],
        indexes: &[],
    },
];
