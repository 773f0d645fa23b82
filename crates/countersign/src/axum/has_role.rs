//! `HasRole`: the user is what the route needs.

use std::{fmt, marker::PhantomData};

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::{Rejection, admit};
use crate::{access::any_role, guard::Guard, identity::Role};

/// Proof that the token holds the role `R`; a handler takes it as an argument it need not name:
/// `_: HasRole<Admin>`. Without the role the answer is 403 `insufficient_role`.
pub struct HasRole<R>(PhantomData<fn() -> R>);

impl<R: Role> fmt::Debug for HasRole<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HasRole").field(&R::NAME).finish()
    }
}

impl<R, T> FromRequestParts<T> for HasRole<R>
where
    R: Role,
    T: Send + Sync,
    Guard: FromRef<T>,
{
    type Rejection = Rejection;

    async fn from_request_parts(request: &mut Parts, state: &T) -> Result<Self, Rejection> {
        let admitted = admit(request, state).await?;
        match any_role(&admitted.identity, &[R::NAME]) {
            Ok(()) => Ok(Self(PhantomData)),
            Err(refusal) => Err(admitted.refuse(refusal, request)),
        }
    }
}
