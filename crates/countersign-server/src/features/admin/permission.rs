//! Who may do what at `/admin`: Better Auth's default roles. `admin` may do all of it, `user` none.

use countersign_store::users::User;

use crate::{features::role::roles_of, settings::AdminSettings};

/// The role that may do everything that is here.
const ADMIN: &str = "admin";

/// Whether this user may act at `/admin`.
pub(super) fn may_act(settings: &AdminSettings, user: &User) -> bool {
    settings.user_ids.contains(&user.id) || roles_of(Some(settings), user).any(|role| role == ADMIN)
}
