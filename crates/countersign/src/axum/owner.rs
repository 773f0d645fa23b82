//! `Owner`: the user whose id stands in the path.
//!
//! The segment `{user_id}`, percent-decoded once (RFC 3986 §2.1), must equal the claim `sub` byte by
//! byte. No trimming, no letter case, no numbers read as numbers. Whether the user of the path exists
//! is never asked, so the refusal is the same for everybody.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use http::request::Parts;

use super::{Rejection, User, admit};
use crate::{access::Access, guard::Guard};

/// The name of the path parameter.
const USER_ID: &str = "user_id";

/// The verified user, who is the one the path speaks of. There is no way to make one but to extract
/// it, so a function that takes an `&Owner` cannot be called for anybody else. Derefs to [`User`].
#[derive(Clone, Debug)]
pub struct Owner(User);

impl Deref for Owner {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}

impl<S> FromRequestParts<S> for Owner
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let admitted = admit(request, state).await?;
        let user_id = user_id_of(request, state).await?;
        match Access::user().owner().check(&admitted.identity, user_id.as_deref()) {
            Ok(()) => Ok(Self(User::new(admitted.identity))),
            Err(refusal) => Err(admitted.refuse(refusal, request)),
        }
    }
}

/// The user that the path names; none when the segment does not decode.
pub(super) async fn user_id_of<S>(
    request: &mut Parts,
    state: &S,
) -> Result<Option<String>, Rejection>
where
    S: Send + Sync,
{
    let named = match RawPathParams::from_request_parts(request, state).await {
        Ok(parameters) => {
            let mut named = parameters.iter().filter(|(name, _)| *name == USER_ID);
            // Nested routers may name a user each; a path of two users is nobody's.
            named
                .next()
                .map(|(_, user)| named.all(|(_, other)| other == user).then(|| user.to_owned()))
        }
        // A segment that does not decode to UTF-8 names nobody.
        Err(rejection) if rejection.status().is_client_error() => Some(None),
        Err(_no_parameters) => None,
    };
    named.ok_or_else(|| {
        tracing::error!(
            path = request.uri.path(),
            "`Owner` is used in a handler whose route has no parameter {{user_id}}"
        );
        Rejection::NoUserIdInRoute
    })
}
