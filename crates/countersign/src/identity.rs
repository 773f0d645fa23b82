//! Who is asking, proven by a verified token.

use std::{fmt, sync::Arc};

use countersign_jwt::Claims;

/// A permission a service asks for by name (RFC 6749 §3.3), as a type, so that a route's signature
/// says what it needs.
///
/// ```
/// pub struct TasksRead;
/// impl countersign::Scope for TasksRead {
///     const NAME: &'static str = "tasks:read";
/// }
/// ```
pub trait Scope {
    /// The name as it stands in the claim `scope`: printable ASCII without space, `"` and `\`.
    const NAME: &'static str;
}

/// The verified holder of a token. Only [`Guard::admit`](crate::Guard::admit) makes one; a clone is
/// cheap.
#[derive(Clone)]
pub struct Identity {
    claims: Arc<Claims>,
    scopes: Arc<[String]>,
}

impl Identity {
    pub(crate) fn new(claims: Claims, default_scopes: &Arc<[String]>) -> Self {
        let scopes = match claims.scopes() {
            Some(scopes) => scopes.map(str::to_owned).collect(),
            None => Arc::clone(default_scopes),
        };
        Self { claims: Arc::new(claims), scopes }
    }

    /// The user's id: the claim `sub`, never empty.
    pub fn subject(&self) -> &str {
        self.claims.subject()
    }

    /// The session the token was made from: the claim `sid`, else `sessionId`.
    pub fn session(&self) -> Option<&str> {
        self.claims.session()
    }

    /// The scopes of the token, or the policy's default scopes when the token has no claim `scope`.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }

    /// Whether the scope is among them, compared exactly: no prefixes, no wildcards.
    pub fn has_scope(&self, name: &str) -> bool {
        self.scopes().any(|scope| scope == name)
    }

    /// Everything else the token says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("subject", &self.subject()).finish_non_exhaustive()
    }
}
