//! The role of a user, where scopes depend on it: the column that Better Auth's plugin `admin` adds to `user`.

use countersign_store::{
    UserColumn,
    schema::{Column, JWKS, Kind, Rule, Table},
    users::{self, User},
};

use crate::{Auth, session::is_kept_out, wire::ApiError};

/// Names of roles, comma-separated.
static ROLE: UserColumn = UserColumn::named("role");

pub(super) static TABLES_WITH_ROLE: [Table; 2] = [
    Table { name: JWKS[0].name, columns: JWKS[0].columns, indexes: JWKS[0].indexes },
    Table {
        name: "user",
        columns: &[Column { name: ROLE.name(), kind: Kind::Text, rule: Rule::Optional }],
        indexes: &[],
    },
];

/// The user with the role of this moment, where scopes depend on it: copies in Redis may have an older one. `None`
/// when the user is gone or kept out.
pub(in crate::features) async fn with_role_of_now(
    auth: &Auth,
    user: User,
) -> Result<Option<User>, ApiError> {
    let settings = auth.settings();
    if settings.token.scopes.have_roles() && settings.redis.is_some() {
        let found = users::find_by_id(auth.database(), &user.id).await?;
        return Ok(found.filter(|user| !is_kept_out(auth, user)));
    }
    Ok(Some(user))
}

/// The scopes that tokens of this user may have.
pub(in crate::features) fn allowed_scopes<'a>(auth: &'a Auth, user: &User) -> Vec<&'a str> {
    auth.settings().token.scopes.allowed(ROLE.of(user))
}
