//! `POST /spent-tokens`.

use axum::extract::State;
use http::StatusCode;
use jiff::SignedDuration;
use serde::Serialize;

use super::{
    spending::Wanted,
    verdict::{self, Verdict},
};
use crate::{
    Auth,
    edge::{ByResourceServer, Posted},
    wire::{ApiError, Refusal, Reply},
};

static TOKEN_ALREADY_SPENT: Refusal = Refusal {
    status: StatusCode::CONFLICT,
    code: "TOKEN_ALREADY_SPENT",
    message: "This token was spent before",
};

/// Which attempt the token counts for: whoever reads it knows that it is answered, and not somebody else.
#[derive(Serialize)]
struct Spent<'a> {
    attempt: &'a str,
}

pub(super) async fn spend(
    retention: SignedDuration,
    State(auth): State<Auth>,
    ByResourceServer(by): ByResourceServer,
    Posted(wanted): Posted<Wanted>,
) -> Result<Reply, ApiError> {
    let spending = wanted.spending(retention, auth.now())?;
    match verdict::spend(&auth, &spending).await? {
        Verdict::First => Ok(Reply::json(&Spent { attempt: &spending.attempt })?.created()),
        Verdict::Spent => {
            tracing::info!(by, "a token that counts once was shown again");
            Err((&TOKEN_ALREADY_SPENT).into())
        }
    }
}
