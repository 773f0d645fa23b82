//! `GET /livez`: the process runs. `GET /readyz`: it can do its work.

use axum::{extract::State, http::StatusCode};

use crate::{app::Tasks, rows};

pub(crate) async fn livez() -> &'static str {
    "ok"
}

/// 200 when the database answers and keys are at hand; else 503 and which of them is missing.
pub(crate) async fn readyz(State(tasks): State<Tasks>) -> (StatusCode, &'static str) {
    if let Err(error) = rows::answers(&tasks.database).await {
        tracing::error!(%error, "not ready: the database cannot answer");
        return (StatusCode::SERVICE_UNAVAILABLE, "database");
    }
    if let Err(refusal) = tasks.guard.ready().await {
        tracing::error!(%refusal, "not ready: there are no keys to verify tokens with");
        return (StatusCode::SERVICE_UNAVAILABLE, "keys");
    }
    (StatusCode::OK, "ok")
}
