//! `GET /list-sessions`: the user's live sessions, with their tokens; needs a fresh session.

use axum::extract::State;
use countersign_store::sessions::Session;

use crate::{
    Auth,
    session::SignedInFreshly,
    wire::{ApiError, Reply, SessionBody},
};

pub(crate) async fn list_sessions(
    State(auth): State<Auth>,
    SignedInFreshly(by): SignedInFreshly,
) -> Result<Reply, ApiError> {
    let sessions = auth.sessions().list(&by.user.id, auth.now()).await?;
    let order = auth.sessions().member_order();
    let features = auth.features();
    let is_listed = |session: &&Session| features.iter().all(|feature| feature.is_listed(session));
    let shown =
        sessions.iter().filter(is_listed).map(|session| order.session(&SessionBody::from(session)));
    let body: Vec<_> = shown
        .collect::<Result<_, _>>()
        .map_err(|error| ApiError::internal("a session could not be written as JSON", &error))?;
    Ok(Reply::json(&body)?.with_cookies(by.cookies))
}
