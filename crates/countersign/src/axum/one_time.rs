//! `OneTime`: the token counts once.

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::{Admitted, Rejection, admit};
use crate::guard::Guard;

/// Proof that this request is the first with its token's `jti` on any route that asks for it; a handler
/// takes it as an argument it need not name: `_: OneTime`. A second request, and a token without `jti`,
/// is answered 401 as any bad token is; 503 when no more spent tokens can be remembered, or nobody can say
/// whether it was spent in another process.
#[derive(Debug)]
pub struct OneTime(());

impl<S> FromRequestParts<S> for OneTime
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let Admitted { guard, identity } = admit(request, state).await?;
        guard.spend(&identity, request).await?;
        Ok(Self(()))
    }
}
