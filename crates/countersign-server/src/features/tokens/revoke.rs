//! `POST /token/revoke`: whoever has a token takes it back (RFC 7009).
//!
//! A refresh token goes with its family and the access tokens that came with them; its session stays. An
//! access token goes alone, as long as any guard could let it in. What is no token is answered like one.

use axum::extract::State;
use countersign_jwt::MAX_LEEWAY;
use countersign_store::{
    StoreError, Transaction,
    refresh_families::{self, RefreshFamily},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    Tokens, audit,
    error::{OAuthError, refusals},
    request::TokenRequest,
    secret::{RefreshSecret, token_id_of},
    transport,
};
use crate::{
    Auth,
    cookies::SetCookies,
    edge::Client,
    features::{Ended, commit},
    settings::Settings,
    wire::{ApiError, Reply},
};

pub(super) async fn revoke(
    tokens: Tokens,
    State(auth): State<Auth>,
    request: TokenRequest,
) -> Result<Reply, OAuthError> {
    let in_cookie = transport::shown(&auth, &request.cookies);
    let shown = match request.parameters.token.as_str() {
        "" => in_cookie.ok_or(&refusals::TOKEN_MISSING)?,
        shown => shown,
    };
    if let Some(secret) = RefreshSecret::parse(shown) {
        if let Some(found) = refresh_families::find(auth.database(), &secret.hash()).await? {
            end_family(&auth, &found.family, &request.client).await?;
        }
    } else if let Some(claims) = tokens.0.jwt.read(&auth, shown, MAX_LEEWAY).await?
        && let Some(id) = claims.token_id()
    {
        let ended = Ended::Token { id: id.to_owned(), until: Some(claims.expires_at()) };
        commit(&auth, auth.database().begin().await?, &[ended]).await?;
    }
    let mut cookies = SetCookies::default();
    if in_cookie == Some(shown) {
        transport::take_back(&auth, &mut cookies);
    }
    Ok(Reply::json(&json!({}))?.with_cookies(cookies))
}

async fn end_family(auth: &Auth, family: &RefreshFamily, client: &Client) -> Result<(), ApiError> {
    let mut transaction = auth.database().begin().await?;
    let since = oldest_that_counts(auth.now(), auth.settings());
    if let Some(ended) = end_family_in(&mut transaction, &family.name, since).await? {
        commit(auth, transaction, &ended).await?;
        audit::revoked(family, client);
    }
    Ok(())
}

/// When the oldest refresh token was made that has an access token which may still count somewhere: that one is
/// made again with the same id as long as the refresh token is given again, and guards allow for clocks that
/// differ.
pub(super) fn oldest_that_counts(now: Timestamp, settings: &Settings) -> Timestamp {
    let given_again = settings.refresh_tokens.map_or(SignedDuration::ZERO, |set| set.retry_window);
    now - settings.token.lifetime - given_again - MAX_LEEWAY
}

/// Ends a family in a transaction; the access tokens that came with it since then. `None` when it was gone.
pub(super) async fn end_family_in(
    transaction: &mut Transaction,
    name: &str,
    since: Timestamp,
) -> Result<Option<Vec<Ended>>, StoreError> {
    // A rotation that is under way is waited for: its token counts, too.
    transaction.fetch_optional(&refresh_families::lock(name)).await?;
    let rows = transaction.fetch_all(&refresh_families::hashes_since(name, since)).await?;
    let hashes = rows.iter().map(|row| row.text("hash")).collect::<Result<Vec<_>, _>>()?;
    if transaction.execute(&refresh_families::delete(name)).await? == 0 {
        return Ok(None);
    }
    let token = |hash: &String| Ended::Token { id: token_id_of(hash), until: None };
    Ok(Some(hashes.iter().map(token).collect()))
}
