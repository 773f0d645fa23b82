//! The cookies a request carries, as an argument of an endpoint.

use std::{convert::Infallible, ops::Deref, sync::Arc};

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};

/// Derefs to [`countersign_cookies::RequestCookies`]. Clones share them; they are read once a
/// request.
#[derive(Clone)]
pub(crate) struct RequestCookies(Arc<countersign_cookies::RequestCookies>);

impl RequestCookies {
    /// What a request carries that presents, where `instead` says so, a session otherwise than by
    /// its cookie: the cookie's name, and what would be in it.
    ///
    /// That counts as the cookie would, and instead of it; but it is none, and what protects cookies
    /// does not look at it: no browser sends it by itself.
    pub(crate) fn of(headers: &HeaderMap, instead: Option<(&str, String)>) -> Self {
        let cookies = countersign_cookies::RequestCookies::of(headers);
        Self(Arc::new(match instead {
            Some((name, value)) => cookies.with(name, value),
            None => cookies,
        }))
    }

    /// Those of the request that an endpoint has before it.
    pub(crate) fn of_parts(parts: &Parts) -> Self {
        let known = parts.extensions.get::<Self>().cloned();
        known.unwrap_or_else(|| Self::of(&parts.headers, None))
    }
}

impl Deref for RequestCookies {
    type Target = countersign_cookies::RequestCookies;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for RequestCookies {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of_parts(parts))
    }
}
