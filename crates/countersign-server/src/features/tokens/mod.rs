//! Tokens for services that are short, and refresh tokens that renew them: RFC 6749, 7009, 7662 and 8414.
//!
//! * `POST /token`: a token for a session, for a refresh token, or for a password; with it the next refresh
//!   token. `GET /token` stays Better Auth's.
//! * `POST /token/revoke`: a token is taken back by whoever has it.
//! * `POST /token/introspect`: what a token is good for, for resource servers.
//! * `/.well-known/oauth-authorization-server`: where all this is.
//!
//! # The life of a refresh token
//!
//! It is made for a session and ends with it: with the sign-out, the password, the user, and at the latest
//! `refresh_tokens.absolute_lifetime` after the first of its family. Each is used once and gives the next
//! one (`rotation.rs`). What a repeated one gets is decided by its generation, not by the clock
//! (`judgement.rs`): the same successor, if that was not used and it is soon; else it was stolen, and family
//! and session end.
//!
//! What is stored is a hash of each token, and the newest one sealed. The order of locks is session, user,
//! family, token, here as in the core.

mod answer;
mod audit;
mod begin;
mod error;
mod grants;
mod introspect;
mod judgement;
mod lifetime;
mod metadata;
#[cfg(test)]
mod model;
mod operator;
mod password;
mod request;
mod revoke;
mod rotation;
mod schema;
mod scope;
mod secret;
mod transport;

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    routing::{MethodRouter, get, post},
};
use countersign_store::{StoreError, Transaction, schema::Table};
use futures_util::{FutureExt, future::BoxFuture};

pub use self::operator::{RevokeTokenError, RevokedToken, revoke_token};

use self::schema::TABLES;
use super::{Feature, jwt::Jwt};
use crate::{
    Auth,
    at_rest::AtRest,
    cookies::{RequestCookies, SetCookies},
    settings::{RefreshTokenSettings, Settings},
    wire::ApiError,
};

/// The feature. Clones share it.
#[derive(Clone)]
pub(super) struct Tokens(Arc<Parts>);

struct Parts {
    jwt: Jwt,
    settings: RefreshTokenSettings,
    /// Seals the token of a family's session.
    sessions: AtRest,
    /// Seals the newest refresh token of a family.
    successors: AtRest,
    /// Where a client asks for the metadata of our issuer.
    well_known: String,
}

impl Tokens {
    /// Where the settings ask for it.
    pub(super) fn new(settings: &Settings, jwt: &Jwt) -> Option<Self> {
        let secrets = &settings.secrets;
        Some(Self(Arc::new(Parts {
            jwt: jwt.clone(),
            settings: settings.refresh_tokens?,
            sessions: AtRest::for_purpose(secrets, "refresh-token-session"),
            successors: AtRest::for_purpose(secrets, "refresh-token-successor"),
            well_known: metadata::path_of(&settings.token.issuer),
        })))
    }

    fn describe(&self) -> MethodRouter<Auth> {
        let tokens = self.clone();
        get(move |State(auth): State<Auth>| async move { metadata::metadata(&tokens, &auth) })
    }
}

impl Feature for Tokens {
    fn id(&self) -> &'static str {
        "tokens"
    }

    fn tables(&self) -> &'static [Table] {
        &TABLES
    }

    fn description(&self) -> &'static str {
        include_str!("openapi.json")
    }

    fn routes(&self) -> Router<Auth> {
        let [to_grant, to_revoke, to_introspect] = [(); 3].map(|()| self.clone());
        Router::new()
            .route("/token", post(move |auth, request| grants::token(to_grant, auth, request)))
            .route(
                "/token/revoke",
                post(move |auth, request| revoke::revoke(to_revoke, auth, request)),
            )
            .route(
                "/token/introspect",
                post(move |auth, headers, request| {
                    introspect::introspect(to_introspect, auth, headers, request)
                }),
            )
            .route(metadata::PATH, self.describe())
    }

    fn well_known(&self) -> Router<Auth> {
        let mut paths = vec![metadata::PATH, &self.0.well_known];
        paths.dedup();
        let add = |router: Router<Auth>, path| router.route(path, self.describe());
        paths.into_iter().fold(Router::new(), add)
    }

    fn password_renewed<'a>(
        &'a self,
        transaction: &'a mut Transaction,
        user_id: &'a str,
        old: &'a str,
        new: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        password::renewed(transaction, user_id, old, new).boxed()
    }

    fn signed_out<'a>(
        &'a self,
        auth: &'a Auth,
        _request: &'a RequestCookies,
        cookies: &'a mut SetCookies,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        transport::take_back(auth, cookies);
        async { Ok(()) }.boxed()
    }
}
