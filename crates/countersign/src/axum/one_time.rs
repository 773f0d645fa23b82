//! `OneTime`: the token counts once.

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::{Admitted, Rejection, admit};
use crate::guard::Guard;

/// Proof that this request is the first with its token's `jti` on any route that asks for it; a handler
/// takes it as an argument it need not name: `_: OneTime`. A second request, and a token without `jti`,
/// is answered 401 as any bad token is; 503 when no more spent tokens can be remembered.
#[derive(Debug)]
pub struct OneTime(());

/// The token of this request is spent with this guard, for this request.
#[derive(Clone)]
struct Spent(Guard);

impl OneTime {
    pub(super) fn spend(admitted: &Admitted, request: &mut Parts) -> Result<Self, Rejection> {
        let spent = request.extensions.get::<Spent>();
        if spent.is_none_or(|Spent(guard)| !guard.is(&admitted.guard)) {
            admitted.guard.spend(&admitted.identity, request)?;
            request.extensions.insert(Spent(admitted.guard.clone()));
        }
        Ok(Self(()))
    }
}

impl<S> FromRequestParts<S> for OneTime
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let admitted = admit(request, state).await?;
        Self::spend(&admitted, request)
    }
}
