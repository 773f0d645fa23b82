//! `GET /token` and `GET /jwks`. A token outlives the request, so its session is looked up.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use super::{Jwt, Signer};
use crate::{
    Auth,
    session::SignedInStored,
    wire::{ApiError, Reply},
};

#[derive(Serialize)]
struct Token {
    token: String,
}

#[derive(Serialize)]
struct KeySet {
    keys: Vec<Value>,
}

pub(super) async fn token(
    jwt: Jwt,
    State(auth): State<Auth>,
    SignedInStored(by): SignedInStored,
) -> Result<Reply, ApiError> {
    let token = jwt.token(&auth, &by.session, &by.user).await?;
    Ok(Reply::json(&Token { token })?.with_cookies(by.cookies))
}

pub(super) async fn jwks(jwt: Jwt, State(auth): State<Auth>) -> Result<Reply, ApiError> {
    let keys = match &*jwt.signer {
        Signer::Secret(_) => Vec::new(),
        Signer::Pairs(keys) => keys.published(&auth).await?,
    };
    Reply::json(&KeySet { keys })
}
