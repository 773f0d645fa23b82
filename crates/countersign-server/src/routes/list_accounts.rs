//! `GET /list-accounts`: the ways the user can sign in, without what they are proven by.

use axum::extract::State;
use countersign_store::accounts;

use crate::{
    Auth,
    session::SignedIn,
    wire::{AccountBody, ApiError, Reply},
};

pub(crate) async fn list_accounts(
    State(auth): State<Auth>,
    by: SignedIn,
) -> Result<Reply, ApiError> {
    let accounts = accounts::list(auth.database(), &by.user.id).await?;
    let bodies: Vec<_> = accounts.iter().map(AccountBody::from).collect();
    Ok(Reply::json(&bodies)?.with_cookies(by.cookies))
}
