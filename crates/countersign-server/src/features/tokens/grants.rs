//! `POST /token`: a token for a service, and what renews it.
//!
//! | `grant_type` | For |
//! |---|---|
//! | `session` | whoever is signed in, by the session's cookie (or the plugin `bearer`) |
//! | `refresh_token` | the parameter of that name, else the cookie |
//! | `password` | `username`, an address, and `password`, where `refresh_tokens.password_grant` is on |

use axum::extract::State;
use countersign_store::{refresh_families, users};
use http::StatusCode;

use super::{
    Tokens,
    answer::{Granted, answer},
    begin::Beginning,
    error::{OAuthError, refusals},
    request::TokenRequest,
    rotation::{NotRefreshed, not_good},
    scope,
    secret::RefreshSecret,
    transport::{self, Transport},
};
use crate::{
    Auth,
    cookies::SetCookies,
    edge::{Attempt, count_sign_in},
    features::jwt::{allowed_scopes, user_of_token},
    password::check_not_too_long,
    routes::{WithPassword, who_has_password},
    session::{self, Cache, admit, begin, current, remember_again},
    wire::{ApiError, Refusal, Reply},
};

static INVALID_USERNAME_OR_PASSWORD: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    code: "INVALID_USERNAME_OR_PASSWORD",
    message: "Invalid username or password",
};

pub(super) async fn token(
    tokens: Tokens,
    State(auth): State<Auth>,
    request: TokenRequest,
) -> Result<Reply, OAuthError> {
    match request.parameters.grant_type.as_str() {
        "refresh_token" => for_refresh_token(&tokens, &auth, &request).await,
        "session" => for_session(&tokens, &auth, &request).await,
        "password" if tokens.0.settings.password_grant => {
            for_password(&tokens, &auth, &request).await
        }
        "" => Err((&refusals::GRANT_TYPE_MISSING).into()),
        _ => Err((&refusals::UNSUPPORTED_GRANT_TYPE).into()),
    }
}

async fn for_refresh_token(
    tokens: &Tokens,
    auth: &Auth,
    request: &TokenRequest,
) -> Result<Reply, OAuthError> {
    let TokenRequest { parameters, cookies, client, transport, .. } = request;
    let shown = match parameters.refresh_token.as_str() {
        "" => transport::shown(auth, cookies).unwrap_or_default(),
        shown => shown,
    };
    if shown.is_empty() && *transport == Transport::Body {
        return Err((&refusals::REFRESH_TOKEN_MISSING).into());
    }
    let refreshed = match RefreshSecret::parse(shown) {
        Some(shown) => tokens.refresh(auth, &shown, &parameters.scope, client).await,
        None => Err(NotRefreshed::Over),
    };
    match refreshed {
        Ok(granted) => {
            let cookies = extended_cookies(auth, request, &granted)?;
            Ok(answer(tokens, auth, &granted, *transport, cookies).await?)
        }
        Err(NotRefreshed::Over) if transport::shown(auth, cookies).is_some() => {
            let mut taken_back = SetCookies::default();
            transport::take_back(auth, &mut taken_back);
            Err(not_good().with_cookies(taken_back))
        }
        Err(NotRefreshed::Over | NotRefreshed::NotNow) => Err(not_good()),
        Err(NotRefreshed::Other(error)) => Err(error),
    }
}

/// A session that was extended lives on in the browser, too, where the browser has it.
fn extended_cookies(
    auth: &Auth,
    request: &TokenRequest,
    granted: &Granted,
) -> Result<SetCookies, ApiError> {
    let (name, signer) = (&auth.cookie_names().session_token, auth.cookie_signer());
    let is_its_browser =
        || request.cookies.signed(name, signer).as_ref() == Some(&granted.session.token);
    if !granted.extended || request.transport == Transport::Body || !is_its_browser() {
        return Ok(SetCookies::default());
    }
    remember_again(auth, &granted.session, &granted.user, &request.cookies)
}

async fn for_session(
    tokens: &Tokens,
    auth: &Auth,
    request: &TokenRequest,
) -> Result<Reply, OAuthError> {
    let issued_at = auth.now();
    let found = current(auth, &request.cookies, None, Cache::Bypassed).await?;
    let cookies = found.cookies;
    let Some((session, user)) = found.signed_in else {
        return Err(not_good().with_cookies(cookies));
    };
    let Some(user) = user_of_token(auth, user).await? else {
        return Err(not_good().with_cookies(cookies));
    };
    let allowed = allowed_scopes(auth, &user);
    let scope = match scope::granted(&request.parameters.scope, &allowed) {
        Ok(scope) => scope,
        Err(error) => return Err(error.with_cookies(cookies)),
    };
    let dont_remember = &auth.cookie_names().dont_remember;
    let remembered = request.cookies.signed(dont_remember, auth.cookie_signer()).is_none();
    let replaced = match transport::shown(auth, &request.cookies).and_then(RefreshSecret::parse) {
        Some(shown) => refresh_families::find(auth.database(), &shown.hash()).await?,
        None => None,
    };
    let replaced = replaced.map(|found| found.family.name);
    let beginning = Beginning { session, user, issued_at, scope, remembered, replaced };
    let granted = tokens.begin(auth, beginning, &request.client).await?;
    Ok(answer(tokens, auth, &granted, request.transport, cookies).await?)
}

async fn for_password(
    tokens: &Tokens,
    auth: &Auth,
    request: &TokenRequest,
) -> Result<Reply, OAuthError> {
    let TokenRequest { parameters, cookies, client, headers, transport } = request;
    let issued_at = auth.now();
    if parameters.username.is_empty() || parameters.password.is_empty() {
        return Err((&refusals::USERNAME_OR_PASSWORD_MISSING).into());
    }
    if !auth.settings().email_password.enabled {
        return Err((&refusals::UNSUPPORTED_GRANT_TYPE).into());
    }
    check_not_too_long(&parameters.password, &auth.settings().password)
        .map_err(|_| wrong_password())?;
    count_sign_in(auth, client, headers).await?;
    let attempt = Attempt::begin(auth, cookies, &parameters.username).await?;
    let slot = auth.hashing().slot()?;
    let user = users::find_by_email(auth.database(), &parameters.username).await?;
    let asked = WithPassword {
        client,
        cookies,
        slot,
        user,
        attempt,
        password: &parameters.password,
        remember_me: true,
        callback_url: None,
        wrong: &INVALID_USERNAME_OR_PASSWORD,
    };
    let user = who_has_password(auth, asked)
        .await
        .map_err(|error| if error.is_refusal() { wrong_password() } else { error.into() })?;
    let admitted = match admit(auth, &user).await {
        Ok(admitted) => admitted,
        Err(error) if error.code_and_message().is_some() => return Err(wrong_password()),
        Err(error) => return Err(error.into()),
    };
    // The role that was read before the password was looked at may be another one by now.
    let scope = scope::granted(&parameters.scope, &allowed_scopes(auth, admitted.user()))?;
    let mut session = begin(auth, &admitted, true, client);
    match session::insert(auth, &mut session, admitted.user()).await {
        Err(error) if error.code_and_message().is_some() => return Err(wrong_password()),
        inserted => inserted?,
    }
    let user = admitted.user().clone();
    let beginning = Beginning { session, user, issued_at, scope, remembered: true, replaced: None };
    let granted = tokens.begin(auth, beginning, client).await?;
    Ok(answer(tokens, auth, &granted, *transport, SetCookies::default()).await?)
}

/// What every password gets that signs nobody in: whether there is such a user is not told.
fn wrong_password() -> OAuthError {
    (&refusals::INVALID_PASSWORD).into()
}
