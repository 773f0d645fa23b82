//! What the server can do beyond e-mail and password: one folder each, one line in [`all`].
//!
//! A feature has endpoints and tables of its own, and acts at named moments of the core's:
//!
//! | Moment | When |
//! |---|---|
//! | [`present_session`](Feature::present_session) | before an endpoint: who sends this, if no cookie says so? |
//! | [`user_posted`](Feature::user_posted) | a body that describes a user came, from a trusted page |
//! | [`sign_up_posted`](Feature::sign_up_posted) | somebody signs up with a password that may be one |
//! | [`fill_user`](Feature::fill_user) | a user is about to be written |
//! | [`change_user`](Feature::change_user) | a user's profile is about to be changed |
//! | [`session_begins`](Feature::session_begins) | a session is about to begin |
//! | [`keeps_out`](Feature::keeps_out) | a session was found: may its user be in? |
//! | [`is_listed`](Feature::is_listed) | a user's sessions are about to be listed |
//! | [`session_posted`](Feature::session_posted) | somebody posts further members of their session |
//! | [`session_shown`](Feature::session_shown) | `get-session` is about to show a session |
//! | [`session_set`](Feature::session_set) | an answer sets a session's cookie |
//! | [`signed_out`](Feature::signed_out) | `sign-out` ended the session |
//! | [`ended`](Feature::ended) | a transaction is about to commit that ended something before its time |
//! | [`end_committed`](Feature::end_committed) | such a transaction is committed |
//! | [`is_taken_back`](Feature::is_taken_back) | somebody asks whether a token still counts |
//! | [`notes`](Feature::notes) | every few seconds: what does an operator have to know? |
//! | [`stopped`](Feature::stopped) | the server has answered its last request |
//! | [`password_renewed`](Feature::password_renewed) | a transaction is about to commit that stores the same password in another form |

mod admin;
mod all;
mod bearer;
mod chosen;
mod ended;
mod jwt;
mod moments;
mod multi_session;
mod nodes;
mod open_api;
mod revocation;
mod role;
mod spent_tokens;
mod tokens;
mod username;

pub use admin::{UserChange, UserChanged, change_user};
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
use jiff::Timestamp;
use serde_json::Value;

pub use tokens::{RevokeTokenError, RevokedToken, revoke_token};

pub(crate) use self::{
    all::{all, user_members},
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
    wire::{AboutUser, ApiError, MemberOrder},
};

/// The description of a feature without endpoints.
const NO_ENDPOINTS: &str = "{}";

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

    /// Whether it is on only where Better Auth's plugin of this id keeps somebody out already: then a database that
    /// knows nothing of the plugin stays as it is.
    fn follows_plugin(&self) -> bool {
        false
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
        NO_ENDPOINTS
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

    /// The members that a body which describes a user may have for it.
    fn posted_members(&self) -> &'static [&'static str] {
        &[]
    }

    /// Somebody signs up with a password that may be one, and was not looked for yet: may refuse what was posted.
    fn sign_up_posted(&self, _posted: &Value) -> Result<(), ApiError> {
        Ok(())
    }

    /// A user is about to be written: takes its columns' values from what was posted. Nothing was where an identity
    /// provider says who it is.
    fn fill_user(&self, _posted: &Value, _user: &mut User) -> Result<(), ApiError> {
        Ok(())
    }

    /// A user's profile is about to be changed: takes its columns' values from what was posted.
    fn change_user(&self, _posted: &Value, _change: &mut ProfileChange) -> Result<(), ApiError> {
        Ok(())
    }

    /// A session is about to begin for this user: may refuse it, and take away what kept them out.
    fn session_begins<'a>(
        &'a self,
        _auth: &'a Auth,
        _user: &'a mut User,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async { Ok(()) }.boxed()
    }

    /// Whether it keeps people out at all.
    fn keeps_people_out(&self) -> bool {
        false
    }

    /// A session was found, in a row or a cookie: whether its user is kept out now, whatever the session says.
    fn keeps_out(&self, _auth: &Auth, _user: &User) -> bool {
        false
    }

    /// Somebody posts further members of their session: may refuse them.
    fn session_posted(&self, _posted: &Value) -> Result<(), ApiError> {
        Ok(())
    }

    /// Whether a user's own list of sessions shows this one.
    fn is_listed(&self, _session: &Session) -> bool {
        true
    }

    /// `get-session` is about to show a session, looked for since then and found in this place: headers to send
    /// along. One that was found in a cookie may have ended.
    fn session_shown<'a>(
        &'a self,
        _auth: &'a Auth,
        _asked_at: Timestamp,
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
