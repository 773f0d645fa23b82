//! `GET /livez`: the process runs. `GET /readyz`: it can do its work.

use axum::{extract::State, http::StatusCode};

use countersign::Refusal;

use crate::{app::Tasks, rows};

pub(crate) async fn livez() -> &'static str {
    "ok"
}

/// 200 when the database answers, keys are at hand, and what the issuer took back is known; else 503 and
/// which of them is missing.
pub(crate) async fn readyz(State(tasks): State<Tasks>) -> (StatusCode, &'static str) {
    if let Err(error) = rows::answers(&tasks.database).await {
        tracing::error!(%error, "not ready: the database cannot answer");
        return (StatusCode::SERVICE_UNAVAILABLE, "database");
    }
    match tasks.guard.ready().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(Refusal::RevocationsStale { .. }) => {
            tracing::error!("not ready: what the issuer took back is not known");
            (StatusCode::SERVICE_UNAVAILABLE, "revocations")
        }
        Err(refusal) => {
            tracing::error!(%refusal, "not ready: there are no keys to verify tokens with");
            (StatusCode::SERVICE_UNAVAILABLE, "keys")
        }
    }
}
