//! The plugin among the others: its endpoints, and when it acts.

use axum::{Router, routing::get};
use countersign_store::{
    StoreError,
    schema::{JWKS, Table},
    sessions::Session,
    users::User,
};
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderName, HeaderValue, header::ACCESS_CONTROL_EXPOSE_HEADERS};
use jiff::Timestamp;

use super::{Jwt, Signer, closed, role::TABLES_WITH_ROLE, routes};
use crate::{
    Auth,
    features::Feature,
    readiness::Note,
    session::find_by_token,
    wire::{ApiError, MemberOrder},
};

const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");

impl Feature for Jwt {
    fn id(&self) -> &'static str {
        "jwt"
    }

    fn tables(&self) -> &'static [Table] {
        if self.has_roles { &TABLES_WITH_ROLE } else { &JWKS }
    }

    fn is_asked_for(&self) -> bool {
        self.is_asked_for
    }

    fn description(&self) -> &'static str {
        include_str!("openapi.json")
    }

    fn routes(&self) -> Router<Auth> {
        let (for_token, for_jwks) = (self.clone(), self.clone());
        Router::new()
            .route("/token", get(move |auth, began, by| routes::token(for_token, auth, began, by)))
            .route(&self.jwks_path, get(move |auth, headers| routes::jwks(for_jwks, auth, headers)))
    }

    fn notes<'a>(&'a self, auth: &'a Auth) -> BoxFuture<'a, Result<Vec<Note>, StoreError>> {
        async move {
            let Signer::Pairs(keys) = &*self.signer else { return Ok(Vec::new()) };
            // The cause was logged, and it is tried again with the next look.
            let _ = keys.look_after(auth).await;
            closed::note(auth).await
        }
        .boxed()
    }

    fn session_shown<'a>(
        &'a self,
        auth: &'a Auth,
        asked_at: Timestamp,
        found: MemberOrder,
        session: &'a Session,
        user: &'a User,
    ) -> BoxFuture<'a, Result<Vec<(HeaderName, HeaderValue)>, ApiError>> {
        async move {
            if !self.header {
                return Ok(Vec::new());
            }
            let token = match found {
                MemberOrder::Cookie => match live(auth, session).await? {
                    Some((session, user)) => self.token(auth, asked_at, &session, &user).await?,
                    None => None,
                },
                MemberOrder::Row | MemberOrder::Redis => {
                    self.token(auth, asked_at, session, user).await?
                }
            };
            let value = token.and_then(|token| HeaderValue::from_str(&token).ok());
            let Some(value) = value else { return Ok(Vec::new()) };
            let exposed = HeaderValue::from_static("set-auth-jwt");
            Ok(vec![(SET_AUTH_JWT, value), (ACCESS_CONTROL_EXPOSE_HEADERS, exposed)])
        }
        .boxed()
    }
}

/// A session that a cookie remembers, as it is now, if it is not over: for one that is, no token is issued, which
/// nobody could take back.
async fn live(auth: &Auth, session: &Session) -> Result<Option<(Session, User)>, ApiError> {
    let found = find_by_token(auth, &session.token).await?;
    Ok(found.filter(|(found, _)| found.expires_at > auth.now()))
}
