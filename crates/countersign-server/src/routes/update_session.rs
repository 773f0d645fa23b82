//! `POST /update-session`: further fields of the session. None are configured, so there is nothing
//! that could be updated; Better Auth says so in the same words. A field that a feature has is refused by it.

use axum::extract::State;
use serde_json::Value;

use crate::{
    Auth,
    session::PostedBy,
    wire::{ApiError, Body, Fields, Reply, no_fields_to_update},
};

pub(crate) struct UpdateSession(Value);

impl Body for UpdateSession {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["record"]);
        Self(fields.all())
    }
}

pub(crate) async fn update_session(
    State(auth): State<Auth>,
    PostedBy { body: UpdateSession(posted), by }: PostedBy<UpdateSession>,
) -> Result<Reply, ApiError> {
    for feature in auth.features() {
        if let Err(error) = feature.session_posted(&posted) {
            return Err(error.with_cookies(by.cookies));
        }
    }
    Err(no_fields_to_update().with_cookies(by.cookies))
}
