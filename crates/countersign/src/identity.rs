//! Who is asking, proven by a verified token or an accepted session cookie.

use std::{fmt, sync::Arc};

use countersign_jwt::Claims;
use serde_json::Value;

use crate::cookies::CookieSession;

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

/// The verified holder of a token or of a session's cookie. Only [`Guard::admit`](crate::Guard::admit)
/// makes one; a clone is cheap.
#[derive(Clone)]
pub struct Identity(Arc<Holder>);

struct Holder {
    issuer: Arc<str>,
    proof: Proof,
    default_scopes: Arc<[String]>,
}

enum Proof {
    Token(Claims),
    Cookie(CookieSession),
}

impl Identity {
    pub(crate) fn new(claims: Claims, issuer: &Arc<str>, default_scopes: &Arc<[String]>) -> Self {
        Self::by(Proof::Token(claims), issuer, default_scopes)
    }

    pub(crate) fn of_session(
        session: CookieSession,
        issuer: &Arc<str>,
        default_scopes: &Arc<[String]>,
    ) -> Self {
        Self::by(Proof::Cookie(session), issuer, default_scopes)
    }

    fn by(proof: Proof, issuer: &Arc<str>, default_scopes: &Arc<[String]>) -> Self {
        let (issuer, default_scopes) = (Arc::clone(issuer), Arc::clone(default_scopes));
        Self(Arc::new(Holder { issuer, proof, default_scopes }))
    }

    /// The user's id: the claim `sub`, or the id of the session's user; never empty. It is the issuer's
    /// name for the user; two issuers may give the same to two people.
    pub fn subject(&self) -> &str {
        match &self.0.proof {
            Proof::Token(claims) => claims.subject(),
            Proof::Cookie(session) => session.user_id(),
        }
    }

    /// Who says so: the claim `iss`, or the issuer whose cookies are accepted.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The session of the cookie, or the one that the token was made from: the claim `sid`, else
    /// `sessionId`.
    pub fn session(&self) -> Option<&str> {
        match &self.0.proof {
            Proof::Token(claims) => claims.session(),
            Proof::Cookie(session) => Some(session.session_id()),
        }
    }

    /// The scopes of the token, or the policy's default scopes when the token has no claim `scope`. Cookies
    /// have the default scopes.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let own = self.claims().and_then(Claims::scopes);
        let default = own.is_none().then(|| self.0.default_scopes.iter().map(String::as_str));
        own.into_iter().flatten().chain(default.into_iter().flatten())
    }

    /// Whether the scope is among them, compared exactly: no prefixes, no wildcards.
    pub fn has_scope(&self, name: &str) -> bool {
        self.scopes().any(|scope| scope == name)
    }

    /// The roles: the claim `role` of the token, or `role` of the session's user; one or several with
    /// commas between, as Better Auth's admin plugin stores them, or a list of texts. Anything else grants
    /// no role.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        let role = match &self.0.proof {
            Proof::Token(claims) => claims.get("role"),
            Proof::Cookie(session) => session.role(),
        };
        let texts = match role {
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

    /// Everything else the token says; `None` for a cookie.
    pub fn claims(&self) -> Option<&Claims> {
        match &self.0.proof {
            Proof::Token(claims) => Some(claims),
            Proof::Cookie(_) => None,
        }
    }

    /// Everything else that is known of the session; `None` for a token.
    pub fn cookie_session(&self) -> Option<&CookieSession> {
        match &self.0.proof {
            Proof::Token(_) => None,
            Proof::Cookie(session) => Some(session),
        }
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
