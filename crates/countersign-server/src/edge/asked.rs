//! The query of a link that was followed: valid, and leading on to a trusted place, in that order.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    Auth,
    wire::{ApiError, Query, refusals},
};

/// A query that says where to go afterwards.
pub(crate) trait LeadsOn: Query {
    /// Where; checked before an endpoint sees it.
    fn callback_url(&self) -> Option<&str>;
}

/// A valid query whose `callbackURL` is trusted.
pub(crate) struct Asked<Q>(pub(crate) Q);

impl<Q: LeadsOn> FromRequestParts<Auth> for Asked<Q> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, ApiError> {
        let query = Q::parse(parts.uri.query())?;
        let trusted = &auth.settings().trusted_origins;
        let leads_away = |url: &str| !url.is_empty() && !trusted.trusts_redirect(url);
        if query.callback_url().is_some_and(leads_away) {
            return Err((&refusals::INVALID_CALLBACK_URL).into());
        }
        Ok(Self(query))
    }
}
