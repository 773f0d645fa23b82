//! The cookies a request carries, as an argument of an endpoint.

use std::{convert::Infallible, ops::Deref};

use axum::extract::FromRequestParts;
use http::{Extensions, HeaderMap, request::Parts};

/// Derefs to [`countersign_cookies::RequestCookies`].
pub(crate) struct RequestCookies(countersign_cookies::RequestCookies);

/// A session that the request presents otherwise than by its cookie. It counts as the cookie would,
/// and instead of it; but it is none, and nothing that protects cookies looks at it: no browser
/// sends it by itself.
#[derive(Clone)]
pub(crate) struct PresentedSession {
    /// The name of the session's cookie.
    pub(crate) name: String,
    /// What would be in it, signed and encoded.
    pub(crate) value: String,
}

impl RequestCookies {
    pub(crate) fn of(headers: &HeaderMap, extensions: &Extensions) -> Self {
        let cookies = countersign_cookies::RequestCookies::of(headers);
        match extensions.get::<PresentedSession>().cloned() {
            Some(PresentedSession { name, value }) => Self(cookies.with(&name, value)),
            None => Self(cookies),
        }
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
        Ok(Self::of(&parts.headers, &parts.extensions))
    }
}
