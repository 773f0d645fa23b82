//! `GET /list-sessions`: the user's live sessions, with their tokens; needs a fresh session.

use axum::extract::State;
use countersign_store::sessions;

use crate::{
    Auth,
    session::SignedInFreshly,
    wire::{ApiError, Reply, SessionBody},
};

pub(crate) async fn list_sessions(
    State(auth): State<Auth>,
    SignedInFreshly(by): SignedInFreshly,
) -> Result<Reply, ApiError> {
    let sessions = sessions::list_live(auth.database(), &by.user.id, auth.now()).await?;
    let body: Vec<_> = sessions.iter().map(SessionBody::from).collect();
    Ok(Reply::json(&body)?.with_cookies(by.cookies))
}
