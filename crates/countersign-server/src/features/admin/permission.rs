//! Who may do what at `/admin`: Better Auth's default roles. `admin` may do all of it, `user` none.

use countersign_store::users::User;

use super::schema::ROLE;
use crate::settings::AdminSettings;

/// The role that may do everything that is here.
const ADMIN: &str = "admin";

/// Whether this user may act at `/admin`. A user's roles are divided by commas, and a space is part of a name.
pub(super) fn may_act(settings: &AdminSettings, user: &User) -> bool {
    if settings.user_ids.contains(&user.id) {
        return true;
    }
    let roles = ROLE.of(user).filter(|roles| !roles.is_empty());
    roles.unwrap_or(&settings.default_role).split(',').any(|role| role == ADMIN)
}
