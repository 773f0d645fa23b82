//! `POST /update-user`: another name, another picture, and what features add to a profile.
//!
//! Answers `{"status":true}` and sets the session's cookies again. Other members of the body are
//! passed over, as Better Auth does with fields that it was not told of; the address is changed
//! by other means.

use axum::extract::State;
use countersign_store::users::{self, ImageChange, ProfileChange};
use serde_json::Value;

use super::status::Status;
use crate::{
    Auth,
    cookies::RequestCookies,
    session::{PostedBySession, remember_again},
    wire::{AboutUser, ApiError, Body, Fields, Reply, no_fields_to_update, refusals},
};

pub(crate) struct UpdateUser {
    change: ProfileChange,
    has_email: bool,
    /// All of it, for what features read.
    posted: Value,
}

impl Body for UpdateUser {
    const ABOUT_USER: Option<AboutUser> = Some(AboutUser::Update);

    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["record"]);
        let name = fields.optional_text("name");
        let image = if fields.is_null("image") {
            ImageChange::Removed
        } else {
            fields.optional_text("image").map_or(ImageChange::None, ImageChange::At)
        };
        let change = ProfileChange { name, image, ..ProfileChange::default() };
        Self { change, has_email: fields.is_truthy("email"), posted: fields.all() }
    }
}

pub(crate) async fn update_user(
    State(auth): State<Auth>,
    cookies: RequestCookies,
    PostedBySession { body, by }: PostedBySession<UpdateUser>,
) -> Result<Reply, ApiError> {
    let change = match change_of(&auth, body) {
        Ok(change) => change,
        Err(error) => return Err(error.with_cookies(by.cookies)),
    };
    let now = auth.now();
    match auth.database().execute(&users::change_profile(&by.user.id, &change, now)).await {
        // Somebody else took what a feature wants unique since it looked.
        Err(error) if error.is_duplicate() => {
            return Err(ApiError::from(&refusals::FAILED_TO_UPDATE_USER).with_cookies(by.cookies));
        }
        changed => _ = changed?,
    }
    // The cookie that remembers sessions may have an older user; what is copied is the row as it is now.
    let user = match users::find_by_id(auth.database(), &by.user.id).await? {
        Some(user) => user,
        None => change.of(by.user, now),
    };
    auth.sessions().user_changed(&user, now).await?;
    let cookies = by.cookies.and(remember_again(&auth, &by.session, &user, &cookies)?);
    Ok(Reply::json(&Status { status: true })?.with_cookies(cookies))
}

fn change_of(auth: &Auth, body: UpdateUser) -> Result<ProfileChange, ApiError> {
    if body.has_email {
        return Err((&refusals::EMAIL_CAN_NOT_BE_UPDATED).into());
    }
    let mut change = body.change;
    for feature in auth.features() {
        feature.change_user(&body.posted, &mut change)?;
    }
    if change == ProfileChange::default() {
        return Err(no_fields_to_update());
    }
    Ok(change)
}
