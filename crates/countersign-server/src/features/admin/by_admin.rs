//! A body, posted by somebody who is signed in, as an argument of the endpoints: without a session the answer is a 401
//! that says nothing, as Better Auth gives it here.

use axum::extract::{FromRequest, Request};
use http::StatusCode;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::Posted,
    session::{Cache, Current, SignedIn, current, user_of_now},
    wire::{ApiError, Body},
};

/// A valid body, and who posted it, whose session was looked up and whose row was read. Whether they may do it is
/// asked by the endpoint.
pub(super) struct ByAdmin<B> {
    pub(super) body: B,
    pub(super) by: SignedIn,
}

impl<B: Body> FromRequest<Auth> for ByAdmin<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let posted = Request::from_parts(parts.clone(), body);
        let Posted(body) = Posted::<B>::from_request(posted, auth).await?;
        let cookies = RequestCookies::of_parts(&parts);
        let found = current(auth, &cookies, parts.uri.query(), Cache::Bypassed).await?;
        let Current { signed_in, cookies, .. } = found;
        let signed_in = match signed_in {
            // What Redis says of the user's role and ban may be older than the row.
            Some((session, user)) => user_of_now(auth, user).await?.map(|user| (session, user)),
            None => None,
        };
        let Some((session, user)) = signed_in else {
            return Err(ApiError::bare(StatusCode::UNAUTHORIZED).with_cookies(cookies));
        };
        Ok(Self { body, by: SignedIn { session, user, cookies } })
    }
}
