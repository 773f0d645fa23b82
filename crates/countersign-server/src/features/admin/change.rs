//! A ban or a role is written, with what follows from it.
//!
//! Sessions and tokens end in the transaction that writes the row; Redis comes after it, so that a sign-in that comes
//! between finds the ban. Whoever could not finish with Redis is told so and may do it again.

use countersign_store::{
    ColumnValue,
    sql::UpdateStatement,
    users::{self, User},
};
use jiff::Timestamp;

use super::{ban::Ban, schema::ROLE};
use crate::{
    Auth,
    features::{Ended, commit},
    session::end_all_in,
    wire::ApiError,
};

/// Bans a user and ends their sessions. `None` when the user is gone.
pub(super) async fn ban(auth: &Auth, user: User, ban: &Ban) -> Result<Option<User>, ApiError> {
    let now = auth.now();
    let mut transaction = auth.database().begin().await?;
    let mut ended = end_all_in(auth, &mut transaction, &user.id).await?;
    if transaction.execute(&ban.write(&user.id, now)).await? == 0 {
        return Ok(None);
    }
    ended.push(Ended::User { id: user.id.clone() });
    commit(auth, transaction, &ended).await?;
    let shared = auth.sessions().end_all_shared(&user.id, auth.now()).await?;
    auth.sessions().forget_shared(shared, now).await;
    Ok(Some(ban.of(user, now)))
}

/// Lets a user in again. `None` when the user is gone.
pub(super) async fn unban(auth: &Auth, user: User) -> Result<Option<User>, ApiError> {
    let now = auth.now();
    if auth.database().execute(&Ban::None.write(&user.id, now)).await? == 0 {
        return Ok(None);
    }
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
) -> Result<Option<User>, ApiError> {
    let now = auth.now();
    let mut transaction = auth.database().begin().await?;
    if transaction.execute(&write_role(&user.id, &role, now)).await? == 0 {
        return Ok(None);
    }
    commit(auth, transaction, &[Ended::User { id: user.id.clone() }]).await?;
    let user = with_role(user, role, now);
    auth.sessions().user_changed(&user, now).await?;
    Ok(Some(user))
}
