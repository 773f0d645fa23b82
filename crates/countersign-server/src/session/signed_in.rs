//! Being signed in as an argument: an endpoint that takes one of these cannot forget to ask.

use axum::extract::{FromRequest, FromRequestParts, Request};
use countersign_store::{sessions::Session, users::User};
use http::request::Parts;
use jiff::SignedDuration;

use super::current::{Asking, Cache, Current, find, look};
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::Posted,
    wire::{ApiError, Body, refusals},
};

/// A request with a live session. Its cookies belong into the answer.
///
/// The cookie that remembers sessions may answer: for some minutes, a session that was ended still reads.
/// What must not be done then takes [`SignedInStored`].
pub(crate) struct SignedIn {
    pub(crate) session: Session,
    pub(crate) user: User,
    pub(crate) cookies: SetCookies,
}

impl SignedIn {
    async fn look_up(parts: &Parts, auth: &Auth, cache: Cache) -> Result<Self, ApiError> {
        let request = RequestCookies::of_parts(parts);
        let query = parts.uri.query();
        let asking = Asking { request: &request, query, cache, by_post: false };
        let Current { signed_in, cookies, .. } = find(auth, asking).await?;
        match signed_in {
            Some((session, user)) => Ok(Self { session, user, cookies }),
            None => Err(ApiError::from(&refusals::UNAUTHORIZED).with_cookies(cookies)),
        }
    }
}

impl FromRequestParts<Auth> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, ApiError> {
        Self::look_up(parts, auth, Cache::Allowed).await
    }
}

/// A request whose session was looked up: Better Auth's sensitive endpoints. Nothing in the request makes
/// the cookie that remembers sessions answer.
pub(crate) struct SignedInStored(pub(crate) SignedIn);

impl FromRequestParts<Auth> for SignedInStored {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, ApiError> {
        SignedIn::look_up(parts, auth, Cache::Bypassed).await.map(Self)
    }
}

/// A request whose session began recently: for what a stolen, old session must not do. The cookie that
/// remembers sessions may answer in place of a session that still lives, never of one that was ended: Better
/// Auth believes it here.
pub(crate) struct SignedInFreshly(pub(crate) SignedIn);

impl FromRequestParts<Auth> for SignedInFreshly {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, ApiError> {
        let signed_in = SignedIn::from_request_parts(parts, auth).await?;
        if auth.session_cache().is_some() {
            let stored = look(auth, &RequestCookies::of_parts(parts)).await?;
            if stored.is_none_or(|(session, _)| session.token != signed_in.session.token) {
                let mut cookies = signed_in.cookies;
                cookies.expire_session(auth.cookie_names());
                return Err(ApiError::from(&refusals::UNAUTHORIZED).with_cookies(cookies));
            }
        }
        let fresh_age = auth.settings().session.fresh_age;
        let age = auth.now().duration_since(signed_in.session.created_at);
        if fresh_age > SignedDuration::ZERO && age >= fresh_age {
            let error = ApiError::from(&refusals::SESSION_NOT_FRESH);
            return Err(error.with_cookies(signed_in.cookies));
        }
        Ok(Self(signed_in))
    }
}

/// A valid body, posted by somebody who is signed in: what changes something looks the session up. The
/// body is looked at first.
pub(crate) struct PostedBy<B> {
    pub(crate) body: B,
    pub(crate) by: SignedIn,
}

impl<B: Body> FromRequest<Auth> for PostedBy<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, ApiError> {
        let (body, SignedInStored(by)) = posted(request, auth).await?;
        Ok(Self { body, by })
    }
}

/// A valid body, posted by somebody who is signed in: the cookie that remembers sessions may answer. For
/// what harms nobody else.
pub(crate) struct PostedBySession<B> {
    pub(crate) body: B,
    pub(crate) by: SignedIn,
}

impl<B: Body> FromRequest<Auth> for PostedBySession<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, ApiError> {
        let (body, by) = posted(request, auth).await?;
        Ok(Self { body, by })
    }
}

/// A valid body, posted in a session that began recently. The body is looked at first.
pub(crate) struct PostedFreshlyBy<B> {
    pub(crate) body: B,
    pub(crate) by: SignedIn,
}

impl<B: Body> FromRequest<Auth> for PostedFreshlyBy<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, ApiError> {
        let (body, SignedInFreshly(by)) = posted(request, auth).await?;
        Ok(Self { body, by })
    }
}

async fn posted<B: Body, S: FromRequestParts<Auth, Rejection = ApiError>>(
    request: Request,
    auth: &Auth,
) -> Result<(B, S), ApiError> {
    let (mut parts, body) = request.into_parts();
    let posted = Request::from_parts(parts.clone(), body);
    let Posted(body) = Posted::<B>::from_request(posted, auth).await?;
    Ok((body, S::from_request_parts(&mut parts, auth).await?))
}
