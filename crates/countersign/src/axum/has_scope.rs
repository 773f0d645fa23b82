//! `HasScope`: the token grants what the route needs.

use std::{fmt, marker::PhantomData};

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::{Rejection, admit};
use crate::{access::any_scope, guard::Guard, identity::Scope};

/// Proof that the token holds the scope `S` (RFC 6749 §3.3); a handler takes it as an argument it
/// need not name: `_: HasScope<TasksRead>`. Without the scope the answer is 403 `insufficient_scope`
/// and names the scope (RFC 6750 §3.1).
pub struct HasScope<S>(PhantomData<fn() -> S>);

impl<S: Scope> fmt::Debug for HasScope<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HasScope").field(&S::NAME).finish()
    }
}

impl<S, T> FromRequestParts<T> for HasScope<S>
where
    S: Scope,
    T: Send + Sync,
    Guard: FromRef<T>,
{
    type Rejection = Rejection;

    async fn from_request_parts(request: &mut Parts, state: &T) -> Result<Self, Rejection> {
        let admitted = admit(request, state).await?;
        match any_scope(&admitted.identity, &[S::NAME]) {
            Ok(()) => Ok(Self(PhantomData)),
            Err(refusal) => Err(admitted.refuse(refusal, request)),
        }
    }
}
