//! `POST /change-password`: another password, for whoever knows the current one.
//!
//! With `revokeOtherSessions` every session of the user ends, this one too, and a new one begins
//! for the caller. The new hash is stored only where the hash that was checked is still there: a
//! password that was reset meanwhile stays reset.

use axum::extract::State;
use countersign_store::{accounts, sessions::Session};
use serde::Serialize;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::Client,
    features::{Ended, commit},
    password::{check_new, check_not_too_long},
    session::{PostedBy, SignedIn, admit, begin, end_all_in, remember_again, share},
    wire::{ApiError, Body, Fields, Reply, UserBody, refusals},
};

pub(crate) struct ChangePassword {
    new_password: String,
    current_password: String,
    revoke_other_sessions: bool,
}

impl Body for ChangePassword {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self {
            new_password: fields.text("newPassword"),
            current_password: fields.text("currentPassword"),
            revoke_other_sessions: fields.optional_boolean("revokeOtherSessions") == Some(true),
        }
    }
}

#[derive(Serialize)]
struct Changed<'a> {
    token: Option<&'a str>,
    user: UserBody<'a>,
}

pub(crate) async fn change_password(
    State(auth): State<Auth>,
    client: Client,
    cookies: RequestCookies,
    PostedBy { body, by }: PostedBy<ChangePassword>,
) -> Result<Reply, ApiError> {
    let session = match change(&auth, &client, &body, &by).await {
        Ok(session) => session,
        Err(error) => return Err(error.with_cookies(by.cookies)),
    };
    let token = session.as_ref().map(|session| session.token.as_str());
    let reply = Reply::json(&Changed { token, user: UserBody::from(&by.user) })?;
    let cookies = match &session {
        Some(session) => by.cookies.and(remember_again(&auth, session, &by.user, &cookies)?),
        None => by.cookies,
    };
    Ok(reply.with_cookies(cookies))
}

/// Stores the new password; the session that replaces all others, where that was asked for.
async fn change(
    auth: &Auth,
    client: &Client,
    body: &ChangePassword,
    by: &SignedIn,
) -> Result<Option<Session>, ApiError> {
    let rules = &auth.settings().password;
    check_new(&body.new_password, rules)?;
    check_not_too_long(&body.current_password, rules)?;

    let slot = auth.hashing().slot()?;
    let stored = accounts::password_of(auth.database(), &by.user.id).await?;
    let stored = stored.filter(|stored| !stored.is_empty());
    let stored = stored.ok_or(&refusals::CREDENTIAL_ACCOUNT_NOT_FOUND)?;
    let changed = slot
        .replace(&body.current_password, &stored, &body.new_password, auth.entropy())
        .await?
        .ok_or(&refusals::INVALID_PASSWORD)?;

    let admitted = admit(auth, &by.user).await?;
    let now = auth.now();
    let shared = if body.revoke_other_sessions {
        Some(auth.sessions().end_all_shared(&by.user.id, now).await?)
    } else {
        None
    };
    let mut transaction = auth.database().begin().await?;
    let replace = accounts::replace_password(&by.user.id, &stored, &changed, now);
    if transaction.execute(&replace).await? == 0 {
        return Err((&refusals::INVALID_PASSWORD).into());
    }
    let mut ended = vec![Ended::Password { user_id: by.user.id.clone() }];
    let mut session = body.revoke_other_sessions.then(|| begin(auth, &admitted, true, client));
    if let Some(session) = &mut session {
        ended.extend(end_all_in(auth, &mut transaction, &by.user.id).await?);
        auth.sessions().insert_row(&mut transaction, session).await?;
    }
    commit(auth, transaction, &ended).await?;
    if let Some(shared) = shared {
        auth.sessions().forget_shared(shared, now).await;
    }
    if let Some(session) = &session {
        share(auth, session, admitted.user()).await?;
    }
    Ok(session)
}
