//! `GET /livez`: the process runs. `GET /readyz`: it can do its work.

use axum::extract::State;
use countersign_store::users;
use http::StatusCode;

use crate::Auth;

pub(crate) async fn livez() -> &'static str {
    "ok"
}

/// 200 when the database answers, and Redis where there is one; else 503. After `ok` there is a line for each thing that
/// an operator has to know, as it was noticed last.
pub(crate) async fn readyz(State(auth): State<Auth>) -> (StatusCode, String) {
    let (status, word) = answers(&auth).await;
    let mut text = word.to_owned();
    if status == StatusCode::OK {
        for line in auth.noticed().lines() {
            text.push('\n');
            text.push_str(&line);
        }
    }
    (status, text)
}

async fn answers(auth: &Auth) -> (StatusCode, &'static str) {
    match users::find_by_email(auth.database(), "").await {
        Ok(_) => match auth.sessions().check().await {
            Ok(()) => (StatusCode::OK, "ok"),
            Err(error) => {
                tracing::error!(%error, "not ready: Redis cannot answer");
                (StatusCode::SERVICE_UNAVAILABLE, "redis")
            }
        },
        Err(error) => {
            tracing::error!(%error, "not ready: the database cannot answer");
            (StatusCode::SERVICE_UNAVAILABLE, "database")
        }
    }
}
