//! `User`: whoever holds a good token.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use super::{Rejection, admit};
use crate::{guard::Guard, identity::Identity};

/// The verified user. Derefs to [`Identity`]: `subject()`, `session()`, `scopes()`, `claims()`.
///
/// As `Option<User>` it is `None` only when the request carries no `Authorization` header at all, and no
/// cookies that the route accepts; a credential that is bad, or cannot be checked, is refused all the
/// same.
#[derive(Clone, Debug)]
pub struct User(Identity);

impl User {
    pub(super) fn new(identity: Identity) -> Self {
        Self(identity)
    }
}

impl Deref for User {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.0
    }
}

impl<S> FromRequestParts<S> for User
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Ok(Self(admit(request, state).await?.identity))
    }
}

impl<S> OptionalFromRequestParts<S> for User
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        if !Guard::from_ref(state).finds_credential(request) {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(request, state).await.map(Some)
    }
}
