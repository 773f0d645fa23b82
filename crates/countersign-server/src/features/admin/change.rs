//! A ban or a role is written, with what follows from it.
//!
//! Sessions and tokens end in the transaction that writes the row. Those in Redis end before it: if nobody comes to
//! the rest, they are over. They end once more after it, for a session may have begun until the ban could be read;
//! one that begins later [does not stay](crate::session::insert). Whoever could not finish with Redis is told so and
//! may do it again.

use countersign_store::{
    ColumnValue,
    sql::UpdateStatement,
    users::{self, User},
};
use jiff::Timestamp;

use super::{audit, ban::Ban};
use crate::{
    Auth,
    features::{Ended, commit, role::ROLE},
    session::{end_all, end_all_in},
    wire::ApiError,
};

/// Bans a user and ends their sessions. `None` when the user is gone.
pub(super) async fn ban(
    auth: &Auth,
    user: User,
    ban: &Ban,
    by: &str,
) -> Result<Option<User>, ApiError> {
    let now = auth.now();
    let shared = auth.sessions().end_all_shared(&user.id, now).await?;
    let mut transaction = auth.database().begin().await?;
    let mut ended = end_all_in(auth, &mut transaction, &user.id).await?;
    if transaction.execute(&ban.write(&user.id, now)).await? == 0 {
        return Ok(None);
    }
    ended.push(Ended::Rights { user_id: user.id.clone() });
    commit(auth, transaction, &ended).await?;
    audit::changed("user_banned", &user.id, by, ban.reason());
    auth.sessions().forget_shared(shared, now).await;
    end_all(auth, &user.id).await?;
    Ok(Some(ban.of(user, now)))
}

/// Lets a user in again. `None` when the user is gone.
pub(super) async fn unban(auth: &Auth, user: User, by: &str) -> Result<Option<User>, ApiError> {
    let now = auth.now();
    if auth.database().execute(&Ban::None.write(&user.id, now)).await? == 0 {
        return Ok(None);
    }
    audit::changed("user_unbanned", &user.id, by, "");
    let user = Ban::None.of(user, now);
    auth.sessions().user_changed(&user, now).await?;
    Ok(Some(user))
}

/// The statement that gives a user this role, or these with commas between.
pub(super) fn write_role(user_id: &str, role: &str, now: Timestamp) -> UpdateStatement {
    users::put(user_id, &[(&ROLE, Some(ColumnValue::Text(role.to_owned())))], now)
}

/// The user with it.
pub(super) fn with_role(mut user: User, role: String, now: Timestamp) -> User {
    ROLE.set(&mut user, Some(role));
    User { updated_at: now, ..user }
}

/// Gives a user a role. Tokens that were issued before say the old one: they end. `None` when the user is gone.
pub(super) async fn set_role(
    auth: &Auth,
    user: User,
    role: String,
    by: &str,
) -> Result<Option<User>, ApiError> {
    let now = auth.now();
    let mut transaction = auth.database().begin().await?;
    if transaction.execute(&write_role(&user.id, &role, now)).await? == 0 {
        return Ok(None);
    }
    commit(auth, transaction, &[Ended::Rights { user_id: user.id.clone() }]).await?;
    audit::changed("user_role_changed", &user.id, by, &role);
    let user = with_role(user, role, now);
    auth.sessions().user_changed(&user, now).await?;
    Ok(Some(user))
}
