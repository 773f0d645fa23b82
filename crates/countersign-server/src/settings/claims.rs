//! Which claims a token has: `minimal`, `user`, or a template of one's own.
//!
//! A template is a JSON object. A text in it that is `{user.NAME}` or `{session.NAME}` and nothing
//! else stands for that member of the user or the session, as `get-session` shows it: a text, a
//! date, true, false or null. Everything else in it is itself.
//!
//! ```text
//! {"name": "{user.name}", "tenant": "acme", "session": {"id": "{session.id}"}}
//! ```
//!
//! Names that do not exist are an error at the start, not an empty claim. `session.token` does not
//! exist: it is a credential, and a token is read by whoever sees it. The claims that a verifier
//! checks (`iss`, `aud`, `exp`, `iat`, `nbf`, `sub`, `jti`) are ours; a template cannot set them.

use serde_json::{Map, Value};

use super::{SettingsError, Wish, reader::Reader};
use crate::features;

/// Which claims a token has beside `iat`, `exp`, `iss`, `aud` and `sub`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimsTemplate {
    /// `sid`, `sessionId`, `jti`, and `scope` where set: nothing about the person.
    Minimal,
    /// Every field of the user and nothing else, as Better Auth does.
    User,
    /// Those of a template, as Better Auth's `definePayload` gives them.
    Custom(CustomClaims),
}

/// A template's claims, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomClaims(Vec<(String, ClaimValue)>);

/// What a claim is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimValue {
    /// Itself.
    Constant(Value),
    /// A member of the user.
    User(String),
    /// A member of the session.
    Session(String),
    /// An object of such.
    Object(CustomClaims),
    /// A list of such.
    List(Vec<ClaimValue>),
}

const OURS: [&str; 7] = ["iss", "aud", "exp", "iat", "nbf", "sub", "jti"];

const USER: [&str; 7] = ["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"];

const SESSION: [&str; 7] =
    ["id", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"];

const EXPECTED: &str = "minimal, user, or a JSON object whose texts may be {user.NAME} or \
     {session.NAME}, with names of members that get-session shows (session.token is none of them), \
     and without iss, aud, exp, iat, nbf, sub and jti";

impl ClaimsTemplate {
    /// Whether tokens tell of a user what may change.
    pub(crate) fn tell_of_user(&self) -> bool {
        match self {
            Self::Minimal => false,
            Self::User => true,
            Self::Custom(claims) => claims.tell_of_user(),
        }
    }

    /// Whether tokens say in `sid` in which session they were issued.
    pub(crate) fn names_session(&self) -> bool {
        match self {
            Self::Minimal => true,
            Self::User => false,
            Self::Custom(CustomClaims(claims)) => {
                let id = ClaimValue::Session("id".to_owned());
                claims.iter().any(|(name, value)| name == "sid" && *value == id)
            }
        }
    }
}

impl CustomClaims {
    fn tell_of_user(&self) -> bool {
        self.0.iter().any(|(_, value)| value.tells_of_user())
    }

    /// The claims with their values in `user` and `session`, as JSON shows these.
    pub(crate) fn fill(&self, user: &Value, session: &Value) -> Map<String, Value> {
        self.0.iter().map(|(name, value)| (name.clone(), value.fill(user, session))).collect()
    }

    fn parse(object: Map<String, Value>, names: &Names<'_>) -> Option<Self> {
        let members = object.into_iter();
        let claims = members.map(|(name, value)| Some((name, ClaimValue::parse(value, names)?)));
        Some(Self(claims.collect::<Option<_>>()?))
    }
}

impl ClaimValue {
    fn tells_of_user(&self) -> bool {
        match self {
            Self::User(_) => true,
            Self::Object(claims) => claims.tell_of_user(),
            Self::List(items) => items.iter().any(Self::tells_of_user),
            Self::Constant(_) | Self::Session(_) => false,
        }
    }

    fn parse(value: Value, names: &Names<'_>) -> Option<Self> {
        match value {
            Value::Object(object) => CustomClaims::parse(object, names).map(Self::Object),
            Value::Array(items) => {
                let items = items.into_iter().map(|item| Self::parse(item, names));
                Some(Self::List(items.collect::<Option<_>>()?))
            }
            Value::String(text) if text.contains(['{', '}']) => names.find(&text),
            constant => Some(Self::Constant(constant)),
        }
    }

    fn fill(&self, user: &Value, session: &Value) -> Value {
        match self {
            Self::Constant(value) => value.clone(),
            Self::User(name) => user.get(name).cloned().unwrap_or_default(),
            Self::Session(name) => session.get(name).cloned().unwrap_or_default(),
            Self::Object(claims) => Value::Object(claims.fill(user, session)),
            Self::List(items) => items.iter().map(|item| item.fill(user, session)).collect(),
        }
    }
}

/// The names there are.
struct Names<'a> {
    /// Members of the user that features add.
    added: &'a [&'static str],
}

impl Names<'_> {
    fn find(&self, text: &str) -> Option<ClaimValue> {
        let (of, name) = text.strip_prefix('{')?.strip_suffix('}')?.split_once('.')?;
        match of {
            "user" if USER.contains(&name) || self.added.contains(&name) => {
                Some(ClaimValue::User(name.to_owned()))
            }
            "session" if SESSION.contains(&name) => Some(ClaimValue::Session(name.to_owned())),
            _ => None,
        }
    }
}

impl Reader<'_> {
    pub(super) fn claims_template(&self) -> Result<ClaimsTemplate, SettingsError> {
        let invalid = || SettingsError::invalid("token.claims", EXPECTED);
        match self.required("token.claims") {
            "minimal" => Ok(ClaimsTemplate::Minimal),
            "user" => Ok(ClaimsTemplate::User),
            text => {
                let object: Map<_, _> = serde_json::from_str(text).map_err(|_| invalid())?;
                if object.keys().any(|name| OURS.contains(&name.as_str())) {
                    return Err(invalid());
                }
                // With `auto`, the columns of `admin` may not be there.
                let with_username = self.wish("username.enabled")? != Wish::Off;
                let with_admin = self.wish("admin.enabled")? == Wish::On;
                let names = Names { added: &features::user_members(with_username, with_admin) };
                CustomClaims::parse(object, &names).map(ClaimsTemplate::Custom).ok_or_else(invalid)
            }
        }
    }
}
