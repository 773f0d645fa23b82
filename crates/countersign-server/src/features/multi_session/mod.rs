//! Better Auth's plugin `multi-session`: several people signed in in one browser, one of them at a
//! time.
//!
//! * `GET /multi-session/list-device-sessions`: `[{session, user}]`, one a user.
//! * `POST /multi-session/set-active`: another of them is the browser's session from now on.
//! * `POST /multi-session/revoke`: one of them ends; if it was the active one, another takes over.
//!
//! Each session's token is in a cookie of its own, `<session_token>_multi-<token in lower case>`,
//! signed like the session's own. A session that begins for a user who has one in this browser ends
//! the older one. `multi_session.maximum_sessions` are kept; one more is not added to them. Sign-out
//! ends all. Cookies that we did not sign name no session: nobody ends a session by its token alone.

mod device;
mod routes;

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use countersign_store::sessions::Session;
use futures_util::{FutureExt, future::BoxFuture};

use self::device::{cookie_of, device_sessions, is_device_cookie};
use super::Feature;
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    session::end,
    settings::MultiSessionSettings,
    wire::ApiError,
};

/// The plugin.
pub(super) struct MultiSession {
    maximum_sessions: usize,
}

impl MultiSession {
    pub(super) fn new(settings: MultiSessionSettings) -> Self {
        Self { maximum_sessions: settings.maximum_sessions }
    }

    /// Remembers a session beside the browser's others.
    async fn add(
        &self,
        auth: &Auth,
        request: &RequestCookies,
        session: &Session,
    ) -> Result<SetCookies, ApiError> {
        let (names, mut cookies) = (auth.cookie_names(), SetCookies::default());
        let name = cookie_of(names, &session.token);
        if request.has(&name) {
            return Ok(cookies);
        }
        let mut older = 0;
        for (other, token) in device_sessions(auth, request) {
            let found = auth.sessions().find(&token).await?;
            if found.is_some_and(|(found, _)| found.user_id == session.user_id) {
                cookies.expire(names, other);
                end(auth, &token).await?;
                older += 1;
            }
        }
        let present = request.names().filter(|name| is_device_cookie(name)).count();
        if present - older < self.maximum_sessions {
            let life = auth.settings().session.expires_in;
            cookies.set(names, &name, &auth.cookie_signer().sign(&session.token), Some(life));
        }
        Ok(cookies)
    }
}

impl Feature for MultiSession {
    fn id(&self) -> &'static str {
        "multi-session"
    }

    fn description(&self) -> &'static str {
        include_str!("openapi.json")
    }

    fn routes(&self) -> Router<Auth> {
        Router::new()
            .route("/multi-session/list-device-sessions", get(routes::list_device_sessions))
            .route("/multi-session/set-active", post(routes::set_active))
            .route("/multi-session/revoke", post(routes::revoke))
    }

    fn session_set<'a>(
        &'a self,
        auth: &'a Auth,
        request: &'a RequestCookies,
        session: &'a Session,
        answer: &'a mut Response,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async move {
            self.add(auth, request, session).await?.append_lines_to(answer.headers_mut());
            Ok(())
        }
        .boxed()
    }

    fn signed_out<'a>(
        &'a self,
        auth: &'a Auth,
        request: &'a RequestCookies,
        cookies: &'a mut SetCookies,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async move {
            for (name, token) in device_sessions(auth, request) {
                cookies.expire(auth.cookie_names(), name);
                end(auth, &token).await?;
            }
            Ok(())
        }
        .boxed()
    }
}
