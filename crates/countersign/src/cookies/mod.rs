//! Session cookies of a Better Auth server, beside the bearer token and where a route asks for them.
//!
//! | Cookie | Tells who it is | Setting |
//! |---|---|---|
//! | `session_data` | by itself, for as long as the auth server lets it be cached | [`CookiePolicy::session_data`] |
//! | `session_token` | by a look-up of its session | [`CookiePolicy::sessions`] |
//!
//! A guard looks at cookies only when it has a [`CookiePolicy`], the request carries [`AcceptCookies`],
//! and there is no `Authorization` header at all: a bad token never falls back to a cookie, and a
//! cookie never contradicts a token. A good `session_data` needs no look-up; one that is missing, over or
//! bad leaves the word to `session_token`, if sessions can be looked up. When both came along, they have
//! to be of the same session.
//!
//! A browser sends cookies whoever asks it to. So a request that may change something has to come from
//! a trusted origin, or is refused with 403 before its cookies are verified; [`CookiePolicy::new`] says how.
//! `GET`, `HEAD` and `OPTIONS` are taken for requests that change nothing, so on these routes they must not.
//!
//! Revocations by session and by user end cookies as they end tokens, and are forgotten as early. The
//! auth server has to know by then: it must not write `session_data` for a session that was revoked, and
//! the look-up must not find it. Stateless servers, which renew `session_data` from itself, need
//! [`Revocations::kept_for`](crate::Revocations::kept_for) with the life of a session.

mod origins;
mod policy;
mod session;
mod sessions;

use std::sync::Arc;

use countersign_cookies::{
    CookieError, CookieNames, CookieSigner, RequestCookies, SessionData, SessionDataReader,
};
use http::request::Parts;
use jiff::Timestamp;

pub use self::{
    origins::CrossSite,
    policy::{CookiePolicy, CookiePolicyError},
    session::CookieSession,
    sessions::{SessionOf, Sessions},
};
use self::{origins::TrustedOrigins, sessions::LookUp};
use crate::refusal::Refusal;

/// Lets the guard look at the cookies of a request: put it among the request's extensions. Without it
/// a route takes bearer tokens only.
///
/// With axum, for some routes: `.route_layer(axum::Extension(AcceptCookies))`.
#[derive(Clone, Copy, Debug)]
pub struct AcceptCookies;

/// A [`CookiePolicy`] at work.
pub(crate) struct Cookies {
    names: CookieNames,
    signer: CookieSigner,
    session_data: Option<SessionDataReader>,
    sessions: Option<Arc<dyn LookUp>>,
    origins: TrustedOrigins,
}

impl Cookies {
    /// The cookies of a request that may be let in for them, when there are any that count here.
    pub(crate) fn in_request(&self, request: &Parts) -> Option<RequestCookies> {
        request.extensions.get::<AcceptCookies>()?;
        let cookies = RequestCookies::of(&request.headers);
        let counts = self.session_data.is_some() && cookies.has_whole(&self.names.session_data)
            || self.sessions.is_some() && cookies.has(&self.names.session_token);
        counts.then_some(cookies)
    }

    /// Whose session the cookies are.
    pub(crate) async fn session(
        &self,
        cookies: RequestCookies,
        request: &Parts,
        now: Timestamp,
    ) -> Result<CookieSession, Refusal> {
        self.origins.check(request)?;
        let token = self.session_token(&cookies);
        let error = match self.cached(&cookies, token.as_ref(), now) {
            Ok(Some(data)) => return Ok(CookieSession::cached(&data)),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        let (Some(sessions), Ok(Some(token))) = (&self.sessions, &token) else {
            let error = error.or(token.err());
            return Err(error.map_or(Refusal::NoCredential, Refusal::from));
        };
        let found = sessions.find(token).await.map_err(|error| {
            tracing::error!(error = &*error, "a session could not be looked up");
            Refusal::SessionsUnavailable
        })?;
        let session = found.ok_or(Refusal::UnknownSession)?;
        if session.user_id.is_empty() || session.session_id.is_empty() {
            tracing::error!("a session was looked up that has no id or no user");
            return Err(Refusal::SessionsUnavailable);
        }
        if session.expires_at <= now {
            return Err(Refusal::CookieExpired);
        }
        Ok(CookieSession::found(session))
    }

    /// The session of `session_data`, which is that of the other cookie if there is one.
    fn cached(
        &self,
        cookies: &RequestCookies,
        token: Result<&Option<String>, &CookieError>,
        now: Timestamp,
    ) -> Result<Option<SessionData>, CookieError> {
        let Some(reader) = &self.session_data else { return Ok(None) };
        let Some(value) = cookies.whole(&self.names.session_data)? else { return Ok(None) };
        let data = reader.read(&value, now)?;
        match token {
            Ok(Some(token)) if !data.is_of(token) => Err(CookieError::Mismatch),
            Err(error) => Err(*error),
            Ok(_) => Ok(Some(data)),
        }
    }

    /// The token of the signed cookie, if there is one.
    fn session_token(&self, cookies: &RequestCookies) -> Result<Option<String>, CookieError> {
        let name = &self.names.session_token;
        if cookies.only(name)?.is_none() {
            return Ok(None);
        }
        match cookies.signed(name, &self.signer) {
            Some(token) if token.is_empty() => Err(CookieError::Malformed),
            Some(token) => Ok(Some(token)),
            None => Err(CookieError::Signature),
        }
    }
}
