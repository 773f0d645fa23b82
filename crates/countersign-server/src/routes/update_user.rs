//! `POST /update-user`: another name, another picture.
//!
//! Answers `{"status":true}` and sets the session's cookies again. Other members of the body are
//! passed over, as Better Auth does with fields that it was not told of; the address is changed
//! by other means.

use axum::extract::State;
use countersign_store::users::{self, ImageChange, ProfileChange, User};
use jiff::Timestamp;

use super::status::Status;
use crate::{
    Auth,
    cookies::RequestCookies,
    session::{PostedBySession, remember_again},
    wire::{ApiError, Body, Fields, Reply, no_fields_to_update, refusals},
};

pub(crate) struct UpdateUser {
    change: ProfileChange,
    has_email: bool,
}

impl Body for UpdateUser {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["record"]);
        let name = fields.optional_text("name");
        let image = if fields.is_null("image") {
            ImageChange::Removed
        } else {
            fields.optional_text("image").map_or(ImageChange::None, ImageChange::At)
        };
        Self { change: ProfileChange { name, image }, has_email: fields.is_truthy("email") }
    }
}

pub(crate) async fn update_user(
    State(auth): State<Auth>,
    cookies: RequestCookies,
    PostedBySession { body, by }: PostedBySession<UpdateUser>,
) -> Result<Reply, ApiError> {
    if body.has_email {
        let error = ApiError::from(&refusals::EMAIL_CAN_NOT_BE_UPDATED);
        return Err(error.with_cookies(by.cookies));
    }
    if body.change == ProfileChange::default() {
        return Err(no_fields_to_update().with_cookies(by.cookies));
    }
    let now = auth.now();
    let update = users::change_profile(&by.user.id, &body.change, now);
    auth.database().execute(&update).await?;
    let user = changed(by.user, body.change, now);
    auth.sessions().user_changed(&user, now).await?;
    let cookies = by.cookies.and(remember_again(&auth, &by.session, &user, &cookies)?);
    Ok(Reply::json(&Status { status: true })?.with_cookies(cookies))
}

fn changed(user: User, change: ProfileChange, now: Timestamp) -> User {
    let image = match change.image {
        ImageChange::None => user.image,
        ImageChange::Removed => None,
        ImageChange::At(image) => Some(image),
    };
    User { name: change.name.unwrap_or(user.name), image, updated_at: now, ..user }
}
