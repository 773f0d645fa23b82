//! The column `role` that Better Auth's plugin `admin` adds to `user`: read once, for rights and for scopes, as the
//! plugin reads it.

use countersign_store::{UserColumn, users::User};

use crate::settings::AdminSettings;

/// Names of roles, comma-separated.
pub(super) static ROLE: UserColumn = UserColumn::named("role");

/// Better Auth's role of somebody who has none.
const USER: &str = "user";

/// The roles of a user. Commas divide them, and a blank is part of a name; who has none has that of who signs up.
pub(super) fn roles_of<'a>(
    settings: Option<&'a AdminSettings>,
    user: &'a User,
) -> impl Iterator<Item = &'a str> {
    let usual = settings.map(|settings| settings.default_role.as_str());
    let mut said = [ROLE.of(user), usual].into_iter().flatten();
    said.find(|roles| !roles.is_empty()).unwrap_or(USER).split(',')
}
