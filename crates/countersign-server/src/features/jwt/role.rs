//! The user of whom tokens tell: where that may matter, as their row is now.

use countersign_store::{
    schema::{Column, JWKS, Kind, Rule, Table},
    users::User,
};

use crate::{
    Auth,
    features::role::{ROLE, roles_of},
    session::{may_keep_out, user_of_now},
    wire::ApiError,
};

pub(super) static TABLES_WITH_ROLE: [Table; 2] = [
    Table { name: JWKS[0].name, columns: JWKS[0].columns, indexes: JWKS[0].indexes },
    Table {
        name: "user",
        columns: &[Column { name: ROLE.name(), kind: Kind::Text, rule: Rule::Optional }],
        indexes: &[],
    },
];

/// The user as their row is now, where tokens tell of them or somebody may be kept out: copies in Redis may be
/// older. `None` when the user is gone or kept out.
pub(in crate::features) async fn user_of_token(
    auth: &Auth,
    user: User,
) -> Result<Option<User>, ApiError> {
    let token = &auth.settings().token;
    if token.scopes.have_roles() || token.claims.tell_of_user() || may_keep_out(auth) {
        return user_of_now(auth, user).await;
    }
    Ok(Some(user))
}

/// The scopes that tokens of this user may have.
pub(in crate::features) fn allowed_scopes<'a>(auth: &'a Auth, user: &User) -> Vec<&'a str> {
    let settings = auth.settings();
    settings.token.scopes.allowed(roles_of(settings.admin.as_ref(), user))
}
