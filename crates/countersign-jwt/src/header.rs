//! The protected header (RFC 7515 §4): which key, and nothing more.
//!
//! Read are `alg` (required, one of [`Algorithm`]'s names), `kid` (optional, 1 to [`MAX_KID_BYTES`]
//! bytes without control characters) and `typ` (absent, `JWT`, `at+jwt` or `application/at+jwt` in
//! any letter case; RFC 9068 §2.1, RFC 8725 §3.11: a logout token or a `DPoP` proof is not an access
//! token). Members of [`REFUSED`] make the token unusable; any other member is ignored.

use crate::{
    algorithm::Algorithm,
    error::{Part, TokenError},
    json::{self, Json},
};

pub(crate) const MAX_KID_BYTES: usize = 256;

/// Members that change how a token must be processed (`crit`, `b64`, `zip`, `enc`, `cty`) and members
/// that bring or point to a key of the sender's choice (RFC 8725 §3.10). None of them is supported,
/// and ignoring them would verify something else than the sender said.
const REFUSED: [&str; 11] =
    ["b64", "crit", "cty", "enc", "jku", "jwk", "x5c", "x5t", "x5t#S256", "x5u", "zip"];

const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
}

impl Header {
    /// Of a token.
    pub(crate) fn parse(text: &str) -> Result<Self, TokenError> {
        Self::parse_if(text, |typ| match typ {
            None => true,
            Some(Json::Text(typ)) => TYPES.iter().any(|t| t.eq_ignore_ascii_case(typ)),
            Some(_) => false,
        })
    }

    /// Of a message of exactly this type, which no token has.
    pub(crate) fn parse_of_type(text: &str, expected: &str) -> Result<Self, TokenError> {
        Self::parse_if(text, |typ| matches!(typ, Some(Json::Text(typ)) if typ == expected))
    }

    fn parse_if(
        text: &str,
        accept: impl FnOnce(Option<&Json<'_>>) -> bool,
    ) -> Result<Self, TokenError> {
        let members = json::object(text)
            .map_err(|json::NotStrictJson| TokenError::NotStrictJson { part: Part::Header })?;
        if let Some(member) = members.names().find_map(refused) {
            return Err(TokenError::RefusedHeader { member });
        }
        if !accept(members.get("typ")) {
            return Err(TokenError::RefusedHeader { member: "typ" });
        }
        let algorithm = match members.get("alg") {
            Some(Json::Text(name)) => {
                name.parse().map_err(|_unknown| TokenError::UnsupportedAlgorithm)?
            }
            _ => return Err(TokenError::UnsupportedAlgorithm),
        };
        let kid = match members.get("kid") {
            None => None,
            Some(Json::Text(kid)) if is_kid(kid) => Some(kid.as_ref().to_owned()),
            Some(_) => return Err(TokenError::RefusedHeader { member: "kid" }),
        };
        Ok(Self { algorithm, kid })
    }
}

/// The name among those refused, if it is.
fn refused(name: &str) -> Option<&'static str> {
    REFUSED.into_iter().find(|member| *member == name)
}

/// Whether a text can be the name of a key.
pub(crate) fn is_kid(text: &str) -> bool {
    (1..=MAX_KID_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}
