//! The cookies a request carries, as an argument of an endpoint.

use std::{convert::Infallible, ops::Deref};

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};

/// Derefs to [`countersign_cookies::RequestCookies`].
pub(crate) struct RequestCookies(countersign_cookies::RequestCookies);

impl RequestCookies {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(countersign_cookies::RequestCookies::of(headers))
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
        Ok(Self::of(&parts.headers))
    }
}
