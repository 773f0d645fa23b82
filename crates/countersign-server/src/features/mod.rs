//! What the server can do beyond e-mail and password: one folder each, one line in [`all`].

mod jwt;

pub use jwt::{Kept, RewrapError, StoredKey, rewrap_keys, stored_keys};

use axum::Router;
use countersign_store::{schema::Table, sessions::Session, users::User};
use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue};

use crate::{Auth, settings::Settings, wire::ApiError};

/// Something the server can do beyond e-mail and password.
pub(crate) trait Feature: Send + Sync + 'static {
    /// Better Auth's id of the plugin.
    fn id(&self) -> &'static str;

    /// Tables of its own.
    fn tables(&self) -> &'static [Table];

    /// Its endpoints, under the base path.
    fn routes(&self) -> Router<Auth>;

    /// `get-session` is about to show a session: headers to send along.
    fn session_shown<'a>(
        &'a self,
        auth: &'a Auth,
        session: &'a Session,
        user: &'a User,
    ) -> BoxFuture<'a, Result<Vec<(HeaderName, HeaderValue)>, ApiError>>;
}

/// Every feature, in the order in which they act.
pub(crate) fn all(settings: &Settings) -> Result<Vec<Box<dyn Feature>>, countersign_jwt::KeyError> {
    Ok(vec![Box::new(jwt::Jwt::new(settings)?)])
}
