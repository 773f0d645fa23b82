//! Better Auth's plugin `bearer`: a session without cookies, for clients that have none.
//!
//! * In: `Authorization: Bearer <token>`, where the token is what the session's cookie holds, with
//!   its signature, percent-encoded or not. It counts instead of the cookie. One that we did not
//!   sign counts as none: then the cookie decides, if there is one.
//! * Out: every answer that sets a session's cookie says the same in `set-auth-token`.
//!
//! A bare session token, as the table `session` holds it, is taken only with
//! `bearer.require_signature = false`: whoever reads that table could use it. Better Auth takes bare
//! tokens unless told otherwise.
//!
//! The header is sent by programs on purpose and never by a browser by itself, so nothing that
//! protects cookies against other sites' pages is asked of it.

use axum::response::Response;
use countersign_store::sessions::Session;
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::percent_decode_str;

use super::{Feature, moments::expose};
use crate::{Auth, cookies::RequestCookies, settings::BearerSettings, wire::ApiError};

const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");

/// The plugin.
pub(super) struct Bearer {
    require_signature: bool,
}

impl Bearer {
    pub(super) fn new(settings: BearerSettings) -> Self {
        Self { require_signature: settings.require_signature }
    }
}

impl Feature for Bearer {
    fn id(&self) -> &'static str {
        "bearer"
    }

    fn present_session(&self, auth: &Auth, headers: &HeaderMap) -> Option<String> {
        let presented = bearer_token(headers)?;
        if !presented.contains('.') {
            return (!self.require_signature).then(|| presented.to_owned());
        }
        let decoded = percent_decode_str(presented).decode_utf8().ok()?;
        auth.cookie_signer().verify(&decoded).map(str::to_owned)
    }

    fn session_set<'a>(
        &'a self,
        auth: &'a Auth,
        _: &'a RequestCookies,
        session: &'a Session,
        answer: &'a mut Response,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        let signed = HeaderValue::from_str(&auth.cookie_signer().sign_plain(&session.token));
        if let Ok(signed) = signed {
            expose(answer.headers_mut(), SET_AUTH_TOKEN, signed);
        }
        async { Ok(()) }.boxed()
    }
}

/// What stands behind `Bearer `, in any case. A header that is there twice says nothing.
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
