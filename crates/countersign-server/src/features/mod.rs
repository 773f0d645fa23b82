//! What the server can do beyond e-mail and password: one folder each, one line in [`all`].
//!
//! A feature has endpoints and tables of its own, and acts at named moments of the core's:
//!
//! | Moment | When |
//! |---|---|
//! | [`present_session`](Feature::present_session) | before an endpoint: who sends this, if no cookie says so? |
//! | [`user_posted`](Feature::user_posted) | a body that describes a user came, from a trusted page |
//! | [`fill_user`](Feature::fill_user) | a user is about to be written |
//! | [`change_user`](Feature::change_user) | a user's profile is about to be changed |
//! | [`session_shown`](Feature::session_shown) | `get-session` is about to show a session |
//! | [`session_set`](Feature::session_set) | an answer sets a session's cookie |
//! | [`signed_out`](Feature::signed_out) | `sign-out` ended the session |
//! | [`ended`](Feature::ended) | a transaction is about to commit that ended something before its time |
//! | [`end_committed`](Feature::end_committed) | such a transaction is committed |
//! | [`is_taken_back`](Feature::is_taken_back) | somebody asks whether a token still counts |
//! | [`notes`](Feature::notes) | every few seconds: what does an operator have to know? |
//! | [`stopped`](Feature::stopped) | the server has answered its last request |
//! | [`password_renewed`](Feature::password_renewed) | a transaction is about to commit that stores the same password in another form |

mod bearer;
mod chosen;
mod ended;
mod jwt;
mod moments;
mod multi_session;
mod nodes;
mod open_api;
mod revocation;
mod spent_tokens;
mod tokens;
mod username;

pub use chosen::{FeatureState, WhyOff};
pub use jwt::{
    GuardReports, Holders, Kept, NotMade, OperateError, Plan, RewrapError, Stage, StoredKey,
    activate_key, activate_key_when_held, guard_reports, plan_keys, retire_key, rewrap_keys,
    stage_key, stored_keys,
};
pub use revocation::{
    Confirmation, ListedSession, RevokeError, WatchError, list_sessions, revoke_issued_before,
    revoke_session, triggers, watch_better_auth,
};

use axum::{Router, response::Response};
use countersign_jwt::Claims;
use countersign_store::{
    StoreError, Transaction,
    schema::Table,
    sessions::Session,
    users::{ProfileChange, User},
};
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};
use serde_json::Value;

pub use tokens::{RevokeTokenError, RevokedToken, revoke_token};

pub(crate) use self::{
    chosen::Chosen,
    ended::{Ended, commit},
    moments::around,
    revocation::{NO_FEED, Recorder},
    spent_tokens::ID as SPENT_TOKENS,
};
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    readiness::Note,
    settings::{Settings, Wish},
    wire::{AboutUser, ApiError, MemberOrder},
};

/// Something the server can do beyond e-mail and password.
pub(crate) trait Feature: Send + Sync + 'static {
    /// Better Auth's id of the plugin.
    fn id(&self) -> &'static str;

    /// Tables of its own, and what it adds to those of the core.
    fn tables(&self) -> &'static [Table] {
        &[]
    }

    /// Whether a setting asks for it, so that the server does not start where its tables are not.
    fn is_asked_for(&self) -> bool {
        true
    }

    /// Its endpoints, under the base path.
    fn routes(&self) -> Router<Auth> {
        Router::new()
    }

    /// Documents that are looked for at the root of the origin.
    fn well_known(&self) -> Router<Auth> {
        Router::new()
    }

    /// What its endpoints do, as OpenAPI says it: an `openapi.json`.
    fn description(&self) -> &'static str {
        "{}"
    }

    /// The token of the session that these headers present otherwise than by a cookie.
    fn present_session(&self, _auth: &Auth, _headers: &HeaderMap) -> Option<String> {
        None
    }

    /// A body that describes a user came: may refuse it, and complete it.
    fn user_posted<'a>(
        &'a self,
        _auth: &'a Auth,
        _about: AboutUser,
        _request: &'a Parts,
        _posted: Option<&'a mut Value>,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async { Ok(()) }.boxed()
    }

    /// A user is about to be written: takes its columns' values from what was posted.
    fn fill_user(&self, _posted: &Value, _user: &mut User) -> Result<(), ApiError> {
        Ok(())
    }

    /// A user's profile is about to be changed: takes its columns' values from what was posted.
    fn change_user(&self, _posted: &Value, _change: &mut ProfileChange) -> Result<(), ApiError> {
        Ok(())
    }

    /// `get-session` is about to show a session, found in this place: headers to send along. One that was found in
    /// a cookie may have ended.
    fn session_shown<'a>(
        &'a self,
        _auth: &'a Auth,
        _found: MemberOrder,
        _session: &'a Session,
        _user: &'a User,
    ) -> BoxFuture<'a, Result<Vec<(HeaderName, HeaderValue)>, ApiError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    /// This answer sets the cookie of a session that began, was extended or was chosen.
    fn session_set<'a>(
        &'a self,
        _auth: &'a Auth,
        _request: &'a RequestCookies,
        _session: &'a Session,
        _answer: &'a mut Response,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async { Ok(()) }.boxed()
    }

    /// A user's password, once right, is stored in another form in this transaction: what was known of the old one
    /// holds.
    fn password_renewed<'a>(
        &'a self,
        _transaction: &'a mut Transaction,
        _user_id: &'a str,
        _old: &'a str,
        _new: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        async { Ok(()) }.boxed()
    }

    /// `sign-out` ended the session of the request, if it had one.
    fn signed_out<'a>(
        &'a self,
        _auth: &'a Auth,
        _request: &'a RequestCookies,
        _cookies: &'a mut SetCookies,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async { Ok(()) }.boxed()
    }

    /// A transaction is about to commit that ended this before its time: what follows from it belongs
    /// into the same transaction.
    fn ended<'a>(
        &'a self,
        _auth: &'a Auth,
        _transaction: &'a mut Transaction,
        _ended: &'a [Ended],
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async { Ok(()) }.boxed()
    }

    /// Whether this token, which is good otherwise, was taken back before its time.
    fn is_taken_back<'a>(
        &'a self,
        _auth: &'a Auth,
        _claims: &'a Claims,
        _token: &'a str,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        async { Ok(false) }.boxed()
    }

    /// A transaction that ended something is committed.
    fn end_committed(&self, _auth: &Auth) {}

    /// What an operator has to know of this server now.
    fn notes<'a>(&'a self, _auth: &'a Auth) -> BoxFuture<'a, Result<Vec<Note>, StoreError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    /// The server has answered its last request.
    fn stopped<'a>(&'a self, _auth: &'a Auth) -> BoxFuture<'a, Result<(), StoreError>> {
        async { Ok(()) }.boxed()
    }
}

/// Every feature that the settings want, in the order in which they act.
pub(crate) fn all(settings: &Settings) -> Result<Vec<Box<dyn Feature>>, countersign_jwt::KeyError> {
    let mut features: Vec<Box<dyn Feature>> = Vec::new();
    let wants_tokens = settings.token.enabled != Wish::Off;
    let jwt = wants_tokens.then(|| jwt::Jwt::new(settings)).transpose()?;
    if let Some(jwt) = &jwt {
        features.push(Box::new(jwt.clone()));
        if let Some(tokens) = tokens::Tokens::new(settings, jwt) {
            features.push(Box::new(tokens));
        }
    }
    if let Some(settings) = settings.bearer {
        features.push(Box::new(bearer::Bearer::new(settings)));
    }
    if let Some(settings) = settings.multi_session {
        features.push(Box::new(multi_session::MultiSession::new(settings)));
    }
    if let Some(settings) = settings.username {
        features.push(Box::new(username::Username::new(settings)));
    }
    if let Some(settings) = settings.open_api {
        features.push(Box::new(open_api::OpenApi::new(settings)));
    }
    // A secret that was made up is another on every server.
    if !settings.secret_is_temporary {
        features.push(Box::new(nodes::Nodes::new(settings)));
    }
    if settings.spent_tokens != Wish::Off {
        features.push(Box::new(spent_tokens::SpentTokens::new(settings)));
    }
    // The last one: what others write to a transaction that ends something comes before the numbers.
    if let Some(jwt) = jwt
        && settings.revocation.enabled != Wish::Off
    {
        features.push(Box::new(revocation::Revocation::new(settings, jwt)));
    }
    Ok(features)
}

/// The members that features add to a user's JSON.
pub(crate) fn user_members(with_username: bool) -> &'static [&'static str] {
    if with_username { &username::USER_MEMBERS } else { &[] }
}
