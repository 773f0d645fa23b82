//! Who is asking, proven by a verified token.

use std::{fmt, sync::Arc};

use countersign_jwt::Claims;
use serde_json::Value;

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

/// A role a service asks for by name, as a type.
///
/// ```
/// pub struct Admin;
/// impl countersign::Role for Admin {
///     const NAME: &'static str = "admin";
/// }
/// ```
pub trait Role {
    /// The name as it stands in the claim `role`, without comma or white space.
    const NAME: &'static str;
}

/// The verified holder of a token. Only [`Guard::admit`](crate::Guard::admit) makes one; a clone is
/// cheap.
#[derive(Clone)]
pub struct Identity(Arc<Holder>);

struct Holder {
    issuer: Arc<str>,
    claims: Claims,
    default_scopes: Arc<[String]>,
}

impl Identity {
    pub(crate) fn new(claims: Claims, issuer: &Arc<str>, default_scopes: &Arc<[String]>) -> Self {
        let (issuer, default_scopes) = (Arc::clone(issuer), Arc::clone(default_scopes));
        Self(Arc::new(Holder { issuer, claims, default_scopes }))
    }

    /// The user's id: the claim `sub`, never empty. It is the issuer's name for the user; two issuers may
    /// give the same to two people.
    pub fn subject(&self) -> &str {
        self.0.claims.subject()
    }

    /// Who says so: the claim `iss`.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The session the token was made from: the claim `sid`, else `sessionId`.
    pub fn session(&self) -> Option<&str> {
        self.0.claims.session()
    }

    /// The scopes of the token, or the policy's default scopes when the token has no claim `scope`.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let own = self.0.claims.scopes();
        let default = own.is_none().then(|| self.0.default_scopes.iter().map(String::as_str));
        own.into_iter().flatten().chain(default.into_iter().flatten())
    }

    /// Whether the scope is among them, compared exactly: no prefixes, no wildcards.
    pub fn has_scope(&self, name: &str) -> bool {
        self.scopes().any(|scope| scope == name)
    }

    /// The roles of the token: the claim `role`, one or several with commas between, as Better Auth's
    /// admin plugin stores them, or a list of texts. Anything else grants no role.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        let texts = match self.0.claims.get("role") {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(items)) => texts_of(items).unwrap_or_default(),
            _ => Vec::new(),
        };
        let roles = texts.into_iter().flat_map(|text| text.split(',')).map(str::trim);
        roles.filter(|role| !role.is_empty())
    }

    /// Whether the role is among them, compared exactly. No role implies another.
    pub fn has_role(&self, name: &str) -> bool {
        self.roles().any(|role| role == name)
    }

    /// Everything else the token says.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }
}

/// `None` when one of them is no text: such a list was not written by who we think.
fn texts_of(items: &[Value]) -> Option<Vec<&str>> {
    items.iter().map(Value::as_str).collect()
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("subject", &self.subject()).finish_non_exhaustive()
    }
}
