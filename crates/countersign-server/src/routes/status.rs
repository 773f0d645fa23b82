//! `{"status":true}`, which many endpoints answer.

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Status {
    pub(super) status: bool,
}
