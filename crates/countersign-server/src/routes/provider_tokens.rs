//! `POST /get-access-token`, `POST /refresh-token`, `GET /account-info`: what a provider gave a user, for the user.
//!
//! The account is named by its row; somebody else's is none. An access token with less than five seconds to live is
//! refreshed before it is handed out.

use axum::extract::{RawQuery, State};
use countersign_store::linked_accounts::{self, Account};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::account_choice::{AccountChoice, ChoiceBody, ChoiceQuery};
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::Posted,
    session::{Cache, Current, current},
    social::{Provider, Tokens, plain, refusals, sealed},
    wire::{ApiError, Query, Reply},
};

/// An access token that ends sooner is refreshed.
const TOO_SHORT: SignedDuration = SignedDuration::from_secs(5);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Handed {
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "iso")]
    access_token_expires_at: Option<Timestamp>,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refreshed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
    refresh_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "iso")]
    access_token_expires_at: Option<Timestamp>,
    #[serde(serialize_with = "iso")]
    refresh_token_expires_at: Option<Timestamp>,
    scope: Option<&'a str>,
    id_token: Option<&'a str>,
    provider_id: &'a str,
    account_id: &'a str,
}

#[derive(Serialize)]
struct Info<'a> {
    user: Map<String, Value>,
    data: Map<String, Value>,
    account: InfoAccount<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoAccount<'a> {
    id: &'a str,
    provider_id: &'a str,
    account_id: &'a str,
}

pub(crate) async fn get_access_token(
    State(auth): State<Auth>,
    request: RequestCookies,
    RawQuery(query): RawQuery,
    Posted(ChoiceBody(choice)): Posted<ChoiceBody>,
) -> Result<Reply, ApiError> {
    let (account, cookies) = account_of(&auth, &request, query.as_deref(), &choice).await?;
    let provider = auth.social().provider(&account.provider_id, auth.now()).await;
    let Some(provider) = provider else { return Err(not_supported(&account.provider_id)) };
    let token = access_token(&auth, &provider, &account).await?;
    Ok(Reply::json(&token)?.with_cookies(cookies))
}

pub(crate) async fn refresh_token(
    State(auth): State<Auth>,
    request: RequestCookies,
    RawQuery(query): RawQuery,
    Posted(ChoiceBody(choice)): Posted<ChoiceBody>,
) -> Result<Reply, ApiError> {
    let (account, cookies) = account_of(&auth, &request, query.as_deref(), &choice).await?;
    let provider = auth.social().provider(&account.provider_id, auth.now()).await;
    let Some(provider) = provider else { return Err(not_supported(&account.provider_id)) };
    let stored = account.tokens.refresh_token.as_deref().filter(|token| !token.is_empty());
    let stored = stored.ok_or(&refusals::REFRESH_TOKEN_NOT_FOUND)?;
    let failed = || ApiError::from(&refusals::FAILED_TO_REFRESH_ACCESS_TOKEN);
    let refreshed = refresh(&auth, &provider, &account, stored).await.ok_or_else(failed)?;
    let (tokens, old) = refreshed;
    let id_token = tokens.id_token.as_deref().or(account.tokens.id_token.as_deref());
    let body = Refreshed {
        access_token: tokens.access_token.as_deref(),
        refresh_token: tokens.refresh_token.as_deref().unwrap_or(&old),
        access_token_expires_at: tokens.access_token_expires_at,
        refresh_token_expires_at: tokens
            .refresh_token_expires_at
            .or(account.tokens.refresh_token_expires_at),
        scope: account.scope.as_deref(),
        id_token,
        provider_id: &account.provider_id,
        account_id: &account.id,
    };
    Ok(Reply::json(&body)?.with_cookies(cookies))
}

pub(crate) async fn account_info(
    State(auth): State<Auth>,
    request: RequestCookies,
    RawQuery(query): RawQuery,
) -> Result<Reply, ApiError> {
    let ChoiceQuery(choice) = ChoiceQuery::parse(query.as_deref())?;
    let (account, cookies) = account_of(&auth, &request, query.as_deref(), &choice).await?;
    let provider = auth.social().provider(&account.provider_id, auth.now()).await;
    let provider = provider.ok_or(&refusals::PROVIDER_NOT_CONFIGURED)?;
    let token = access_token(&auth, &provider, &account).await?;
    if token.access_token.is_empty() {
        return Err((&refusals::ACCESS_TOKEN_NOT_FOUND).into());
    }
    let tokens = Tokens {
        access_token: Some(token.access_token),
        id_token: token.id_token,
        ..Tokens::default()
    };
    let identity = provider.recall(auth.social().calls(), &tokens, auth.now()).await;
    let identity = identity.ok_or(&refusals::FAILED_TO_GET_USER_INFO)?;
    let body = Info {
        user: identity.user,
        data: identity.data,
        account: InfoAccount {
            id: &account.id,
            provider_id: &account.provider_id,
            account_id: &account.account_id,
        },
    };
    Ok(Reply::json(&body)?.with_cookies(cookies))
}

/// The account that was chosen, of who is signed in. Without a session the answer is a bare 401.
async fn account_of(
    auth: &Auth,
    request: &RequestCookies,
    query: Option<&str>,
    choice: &AccountChoice,
) -> Result<(Account, SetCookies), ApiError> {
    let found = current(auth, request, query, Cache::Bypassed).await?;
    let Current { signed_in, cookies, .. } = found;
    let Some((_, user)) = signed_in else {
        return Err(ApiError::bare(StatusCode::UNAUTHORIZED).with_cookies(cookies));
    };
    let account = match choice {
        AccountChoice::Row(id) => {
            linked_accounts::find_of_user(auth.database(), &user.id, id).await?
        }
        AccountChoice::Cookie => None,
    };
    match account {
        Some(account) => Ok((account, cookies)),
        None => Err(ApiError::from(&refusals::ACCOUNT_NOT_FOUND).with_cookies(cookies)),
    }
}

/// A token that lives long enough to be used.
async fn access_token(
    auth: &Auth,
    provider: &Provider,
    account: &Account,
) -> Result<Handed, ApiError> {
    let failed = || ApiError::from(&refusals::FAILED_TO_GET_ACCESS_TOKEN);
    let tokens = &account.tokens;
    let ends_soon = tokens
        .access_token_expires_at
        .is_some_and(|end| end.duration_since(auth.now()) < TOO_SHORT);
    let stored = tokens.refresh_token.as_deref().filter(|token| ends_soon && !token.is_empty());
    let new = match stored {
        Some(stored) => refresh(auth, provider, account, stored).await.ok_or_else(failed)?.0,
        None => Tokens::default(),
    };
    let access_token = if let Some(token) = new.access_token {
        token
    } else {
        let stored = tokens.access_token.as_deref().unwrap_or_default();
        plain(auth, stored).map_err(|error| {
            tracing::error!(account = account.id, %error, "a stored token cannot be opened");
            failed()
        })?
    };
    let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
    Ok(Handed {
        access_token,
        access_token_expires_at: new.access_token_expires_at.or(tokens.access_token_expires_at),
        scopes: scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        id_token: new.id_token.or_else(|| tokens.id_token.clone()),
    })
}

/// New tokens, stored, and the refresh token they were got with. The log says why there are none.
async fn refresh(
    auth: &Auth,
    provider: &Provider,
    account: &Account,
    stored: &str,
) -> Option<(Tokens, String)> {
    let refused = |error: &dyn std::fmt::Display| {
        tracing::error!(provider = provider.id(), %error, "tokens were not refreshed");
    };
    let now = auth.now();
    let old = plain(auth, stored).inspect_err(|error| refused(error)).ok()?;
    let tokens = provider.refresh(auth.social().calls(), &old, now).await;
    let tokens = tokens.inspect_err(|error| refused(error)).ok()?;
    let kept = sealed(auth, tokens.clone()).inspect_err(|error| refused(error)).ok()?;
    let update = linked_accounts::update_tokens(&account.id, &kept, now);
    auth.database().execute(&update).await.inspect_err(|error| refused(error)).ok()?;
    Some((tokens, old))
}

fn not_supported(provider_id: &str) -> ApiError {
    let message = format!("Provider {provider_id} is not supported.");
    ApiError::told(StatusCode::BAD_REQUEST, Some("PROVIDER_NOT_SUPPORTED"), message)
}

#[expect(clippy::ref_option, reason = "serde hands the field over like this")]
fn iso<S: Serializer>(when: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match when {
        Some(when) => serializer.collect_str(&format_args!("{when:.3}")),
        None => serializer.serialize_none(),
    }
}
