//! Looking a session up: the service brings it, since the service has the database.

use std::{error::Error, pin::Pin};

use jiff::Timestamp;

/// Finds the session of a token whose signature was good: Better Auth's table `session`, by `token`.
///
/// `Ok(None)` is for sessions that are not there, and answered with 401. An error is one of the look-up,
/// answered with 503: nobody is signed out because a database is away. A look-up should end by itself
/// within the time a caller waits.
///
/// ```
/// use std::{collections::HashMap, error::Error};
///
/// use countersign::cookies::{SessionOf, Sessions};
///
/// struct InMemory(HashMap<String, SessionOf>);
///
/// impl Sessions for InMemory {
///     async fn find(&self, token: &str) -> Result<Option<SessionOf>, Box<dyn Error + Send + Sync>> {
///         Ok(self.0.get(token).cloned())
///     }
/// }
/// ```
pub trait Sessions: Send + Sync + 'static {
    /// The session of the token.
    fn find(
        &self,
        token: &str,
    ) -> impl Future<Output = Result<Option<SessionOf>, Box<dyn Error + Send + Sync>>> + Send;
}

/// A session that was found.
#[derive(Clone, Debug)]
pub struct SessionOf {
    /// Its id.
    pub session_id: String,
    /// The id of its user.
    pub user_id: String,
    /// When it began. A user's revocation ends sessions that began before.
    pub created_at: Timestamp,
    /// When it ends; the guard compares.
    pub expires_at: Timestamp,
    /// The user's roles with commas between, as the admin plugin stores them.
    pub role: Option<String>,
}

type Found = Result<Option<SessionOf>, Box<dyn Error + Send + Sync>>;

/// [`Sessions`] of any type.
pub(super) trait LookUp: Send + Sync {
    fn find<'s>(&'s self, token: &'s str) -> Pin<Box<dyn Future<Output = Found> + Send + 's>>;
}

impl<S: Sessions> LookUp for S {
    fn find<'s>(&'s self, token: &'s str) -> Pin<Box<dyn Future<Output = Found> + Send + 's>> {
        Box::pin(Sessions::find(self, token))
    }
}
