//! For whom a session may begin, and that one which began may stay: nobody keeps its user out.
//!
//! Features are asked twice: before anything is written, and again once the session can be found. Who began to keep
//! the user out in between had no session to end.

use countersign_store::{sessions::Session, users::User};

use super::end_known;
use crate::{Auth, wire::ApiError};

/// Somebody for whom a session may begin: nobody keeps them out.
pub(crate) struct Admitted(User);

impl Admitted {
    /// Somebody who is just signing up.
    pub(crate) fn new_user(user: &User) -> Self {
        Self(user.clone())
    }

    /// The user as they are stored now: what kept them out may be over, and was taken away.
    pub(crate) fn user(&self) -> &User {
        &self.0
    }
}

/// Asks every feature whether a session may begin. It comes before the transaction in which one does.
pub(crate) async fn admit(auth: &Auth, user: &User) -> Result<Admitted, ApiError> {
    let mut user = user.clone();
    for feature in auth.features() {
        feature.session_begins(auth, &mut user).await?;
    }
    Ok(Admitted(user))
}

/// Stores a session that belongs to nothing else that is written.
pub(crate) async fn insert(
    auth: &Auth,
    session: &mut Session,
    user: &User,
) -> Result<(), ApiError> {
    auth.sessions().insert(session, user).await?;
    stay(auth, session, user).await
}

/// Puts a session into Redis, where there is one, whose row was written in a transaction.
pub(crate) async fn share(auth: &Auth, session: &Session, user: &User) -> Result<(), ApiError> {
    auth.sessions().share(session, user).await?;
    stay(auth, session, user).await
}

/// Ends a session again, of which nobody was told yet, if its user is kept out meanwhile.
async fn stay(auth: &Auth, session: &Session, user: &User) -> Result<(), ApiError> {
    let Err(refused) = admit(auth, user).await else { return Ok(()) };
    end_known(auth, &session.token, session.id.clone(), session.user_id.clone()).await?;
    Err(refused)
}
