//! What the command line does: a token that was found where it does not belong is taken back.

use countersign_jwt::TokenHash;
use countersign_store::{Database, StoreError, refresh_families};
use jiff::Timestamp;

use super::{
    revoke::{end_family_in, oldest_that_counts},
    secret::RefreshSecret,
};
use crate::{
    Entropy,
    features::{Ended, NO_FEED, Recorder},
    settings::Settings,
};

/// Why a token was not taken back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeTokenError {
    /// Refresh tokens are off.
    #[error("this is a refresh token, and refresh_tokens.enabled is false here: there are none")]
    NoRefreshTokens,
    /// Nobody would learn that an access token was taken back.
    #[error("this is an access token, and {NO_FEED}")]
    NoFeed,
    /// Neither of both.
    #[error("this is no token: a refresh token begins with csr_, an access token has two dots")]
    NoToken,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevokedToken {
    /// A family of refresh tokens, and the access tokens that came with them.
    Family,
    /// A refresh token that was over before, or never was.
    Unknown,
    /// An access token, whoever issued it.
    AccessToken,
}

/// Takes back a refresh token with its family, or an access token.
pub async fn revoke_token(
    settings: &Settings,
    database: &Database,
    token: &str,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<RevokedToken, RevokeTokenError> {
    let recorder = Recorder::find(settings, database).await?;
    let mut transaction = database.begin().await?;
    let (ended, revoked) = if let Some(secret) = RefreshSecret::parse(token) {
        if settings.refresh_tokens.is_none() {
            return Err(RevokeTokenError::NoRefreshTokens);
        }
        let Some(found) = refresh_families::find_in(&mut transaction, &secret.hash()).await? else {
            return Ok(RevokedToken::Unknown);
        };
        let since = oldest_that_counts(now, settings);
        let Some(ended) = end_family_in(&mut transaction, &found, since).await? else {
            return Ok(RevokedToken::Unknown);
        };
        (ended, RevokedToken::Family)
    } else {
        let hash = TokenHash::of(token).map_err(|_| RevokeTokenError::NoToken)?;
        if recorder.is_none() {
            return Err(RevokeTokenError::NoFeed);
        }
        (vec![Ended::TokenHash { hash, until: None }], RevokedToken::AccessToken)
    };
    if let Some(recorder) = recorder {
        recorder.record(&mut transaction, &ended, &|| now, entropy).await?;
    }
    transaction.commit().await?;
    Ok(revoked)
}
