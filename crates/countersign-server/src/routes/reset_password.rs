//! `GET /reset-password/{token}`: from the mail to the page of the application, with the token or with
//! `error=INVALID_TOKEN`. Spends nothing; mail programs follow links, too.
//!
//! `POST /reset-password`: a new password for the token. The token, the sessions and the password are one
//! transaction; of several requests with one token one goes through. A password that is too short leaves
//! the token as it was.
//!
//! Sessions end where the settings say so, and in any case where the address was never proven: whoever
//! signed up with it may be somebody else than the one who reads its mail.

use axum::extract::{Path, RawQuery, State, rejection::PathRejection};
use countersign_store::{
    accounts::{self, CredentialAccount},
    users,
};
use http::{HeaderName, HeaderValue, StatusCode, header::REFERRER_POLICY};
use serde::Serialize;

use crate::{
    Auth,
    edge::{Asked, LeadsOn, Posted},
    email::with_parameter,
    features::{Ended, commit},
    password::check_new,
    session::end_all_in,
    wire::{ApiError, Body, Fields, Query, Reply, refusals},
};

/// The page's address holds the token; it goes nowhere else.
const NO_REFERRER: (HeaderName, HeaderValue) =
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer"));

/// How the row of a token is found.
pub(super) fn identifier(token: &str) -> String {
    format!("reset-password:{token}")
}

pub(crate) struct Callback {
    callback_url: String,
}

impl Query for Callback {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { callback_url: fields.text("callbackURL") }
    }
}

impl LeadsOn for Callback {
    fn callback_url(&self) -> Option<&str> {
        Some(&self.callback_url)
    }
}

pub(crate) async fn follow_link(
    State(auth): State<Auth>,
    token: Result<Path<String>, PathRejection>,
    Asked(query): Asked<Callback>,
) -> Result<Reply, ApiError> {
    let base = &auth.settings().base_url;
    let lead_on = |url: &str, name, value: &str| {
        let location = with_parameter(url, base, name, value);
        let location = location.ok_or(&refusals::INVALID_CALLBACK_URL)?;
        let (name, value) = NO_REFERRER;
        Ok(Reply::redirect(&location)?.with_header(name, value))
    };
    if query.callback_url.is_empty() {
        return lead_on(&format!("{}/error", base.endpoints()), "error", "INVALID_TOKEN");
    }
    if let Ok(Path(token)) = token
        && auth.verifications().find_live(&identifier(&token), auth.now()).await?.is_some()
    {
        return lead_on(&query.callback_url, "token", &token);
    }
    lead_on(&query.callback_url, "error", "INVALID_TOKEN")
}

pub(crate) struct ResetPassword {
    new_password: String,
    token: Option<String>,
}

impl Body for ResetPassword {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { new_password: fields.text("newPassword"), token: fields.optional_text("token") }
    }
}

struct TokenInQuery(Option<String>);

impl Query for TokenInQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self(fields.optional_text("token"))
    }
}

#[derive(Serialize)]
struct Reset {
    status: bool,
}

pub(crate) async fn reset_password(
    State(auth): State<Auth>,
    RawQuery(query): RawQuery,
    Posted(body): Posted<ResetPassword>,
) -> Result<Reply, ApiError> {
    let TokenInQuery(in_query) = TokenInQuery::parse(query.as_deref())?;
    let invalid = || refusals::INVALID_TOKEN.with_status(StatusCode::BAD_REQUEST);
    let given = |token: &String| !token.is_empty();
    let token = body.token.filter(given).or(in_query.filter(given)).ok_or_else(invalid)?;
    check_new(&body.new_password, &auth.settings().password)?;

    let slot = auth.hashing().slot()?;
    let verifications = auth.verifications();
    let found = verifications.find_live(&identifier(&token), auth.now()).await?;
    let found = found.ok_or_else(invalid)?;
    let user = users::find_by_id(auth.database(), &found.value).await?;
    let user = user.ok_or_else(|| refusals::USER_NOT_FOUND.with_status(StatusCode::BAD_REQUEST))?;
    let password_hash = slot.hash(&body.new_password, auth.entropy()).await?;

    let now = auth.now();
    let settings = &auth.settings().email_password;
    let revokes = settings.revoke_sessions_on_password_reset || !user.email_verified;
    let shared =
        if revokes { Some(auth.sessions().end_all_shared(&user.id, now).await?) } else { None };
    if !verifications.take_shared(&found).await? {
        return Err(invalid());
    }
    let mut transaction = auth.database().begin().await?;
    if let Some(spend) = verifications.row_spent(&found)
        && transaction.execute(&spend).await? == 0
    {
        return Err(invalid());
    }
    let mut ended = vec![Ended::Password { user_id: user.id.clone() }];
    if revokes {
        ended.extend(end_all_in(&auth, &mut transaction, &user.id).await?);
    }
    let set = accounts::set_password(&user.id, &password_hash, now);
    if transaction.execute(&set).await? == 0 {
        let account = CredentialAccount {
            id: &auth.new_id("account"),
            user_id: &user.id,
            password_hash: &password_hash,
            created_at: now,
        };
        transaction.execute(&accounts::insert_credential(&account)).await?;
    }
    commit(&auth, transaction, &ended).await?;
    if let Some(shared) = shared {
        auth.sessions().forget_shared(shared, now).await;
    }
    Reply::json(&Reset { status: true })
}
