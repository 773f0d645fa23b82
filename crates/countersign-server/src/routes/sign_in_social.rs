//! `POST /sign-in/social`: the way to an identity provider, or a session for an ID token of one.
//!
//! Without `idToken` the answer names where to go: `{"url", "redirect"}`, also in `Location`. With one, the token is
//! verified and the answer is a session, as for a password.

use axum::extract::State;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::social_wish::{Begin, IdTokenGiven};
use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Client, Posted},
    session::remember,
    social::{Arrival, NewFlow, Outcome, Provider, Tokens, begin_flow, refusals, sealed, sign_in},
    wire::{ApiError, Body, Fields, Reply, UserBody},
};

pub(crate) struct SignInSocial(Begin);

impl Body for SignInSocial {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self(Begin::read_sign_in(fields))
    }
}

/// Where the browser is to go.
#[derive(Serialize)]
pub(super) struct Directed<'a> {
    url: &'a str,
    redirect: bool,
}

#[derive(Serialize)]
struct SignedIn<'a> {
    redirect: bool,
    token: &'a str,
    user: UserBody<'a>,
}

pub(crate) async fn sign_in_social(
    State(auth): State<Auth>,
    client: Client,
    cookies: RequestCookies,
    Posted(SignInSocial(body)): Posted<SignInSocial>,
) -> Result<Reply, ApiError> {
    let provider = auth.social().provider(&body.provider, auth.now()).await;
    let provider = provider.ok_or(&refusals::PROVIDER_NOT_FOUND)?;
    match body.id_token {
        Some(given) => with_id_token(&auth, &provider, given, &body.flow, &client, &cookies).await,
        None => begin(&auth, &provider, body).await,
    }
}

/// Begins a flow and says where to go.
pub(super) async fn begin(
    auth: &Auth,
    provider: &Provider,
    body: Begin,
) -> Result<Reply, ApiError> {
    let begun = begin_flow(auth, provider, body.flow).await?;
    let callback = callback_of(auth, provider.id());
    let nonce = begun.nonce.as_deref();
    let url =
        provider.authorization_url(&begun.state, &begun.verifier, nonce, &callback, &body.wish);
    let reply = Reply::json(&Directed { url: url.as_str(), redirect: !body.disable_redirect })?;
    let reply = reply.with_cookies(begun.cookies);
    Ok(match HeaderValue::from_str(url.as_str()) {
        Ok(location) if !body.disable_redirect => reply.with_header(header::LOCATION, location),
        _ => reply,
    })
}

/// Where providers send browsers back to.
pub(super) fn callback_of(auth: &Auth, provider_id: &str) -> String {
    let base = &auth.settings().base_url;
    format!("{}{}/callback/{provider_id}", base.origin(), base.path())
}

async fn with_id_token(
    auth: &Auth,
    provider: &Provider,
    given: IdTokenGiven,
    flow: &NewFlow,
    client: &Client,
    cookies: &RequestCookies,
) -> Result<Reply, ApiError> {
    let (identity, account_id, email) = given.identity(auth, provider).await?;
    let cannot = |error| ApiError::internal("a token could not be encrypted", &error);
    let tokens = Tokens { refresh_token: None, ..given.into_tokens() };
    let arrival = Arrival {
        provider,
        identity: &identity,
        account_id: &account_id,
        email: &email,
        tokens: sealed(auth, tokens).map_err(cannot)?,
        scope: None,
        may_sign_up: provider.lets_in(flow.request_sign_up == Some(true)),
        callback_url: flow.callback_url.as_deref(),
    };
    match sign_in(auth, arrival, client).await? {
        Outcome::SignedIn { session, user, .. } => {
            let remembered = super::callback::is_remembered(auth, cookies);
            let cookies = remember(auth, &session, &user, remembered, cookies)?;
            let body =
                SignedIn { redirect: false, token: &session.token, user: UserBody::from(&*user) };
            Ok(Reply::json(&body)?.with_cookies(cookies))
        }
        Outcome::Refused("email_not_verified") => Err((&refusals::EMAIL_NOT_VERIFIED).into()),
        Outcome::Refused(reason) => {
            let code = Some("OAUTH_LINK_ERROR");
            Err(ApiError::told(StatusCode::UNAUTHORIZED, code, reason.to_owned()))
        }
    }
}
