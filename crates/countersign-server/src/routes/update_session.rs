//! `POST /update-session`: further fields of the session. None are configured, so there is nothing
//! that could be updated; Better Auth says so in the same words.

use crate::{
    session::PostedBy,
    wire::{ApiError, Body, Fields, Reply, no_fields_to_update},
};

pub(crate) struct UpdateSession;

impl Body for UpdateSession {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["record"]);
        Self
    }
}

pub(crate) async fn update_session(
    PostedBy { body: UpdateSession, by }: PostedBy<UpdateSession>,
) -> Result<Reply, ApiError> {
    Err(no_fields_to_update().with_cookies(by.cookies))
}
