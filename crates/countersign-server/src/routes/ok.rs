//! `GET /ok`: the server answers.

use serde::Serialize;

use crate::wire::{ApiError, Reply};

#[derive(Serialize)]
struct Answer {
    ok: bool,
}

pub(crate) async fn ok() -> Result<Reply, ApiError> {
    Reply::json(&Answer { ok: true })
}
