//! The bearer token in a request's header (RFC 6750 §2.1, RFC 9110 §11.6.2).
//!
//! One `Authorization` line of two words: the scheme, in any letter case, and the token, divided by
//! one or more spaces. Several lines are refused, because two programs on the way could pick
//! different ones. A token in the query or the body is never looked at.

use http::{HeaderMap, header::AUTHORIZATION};

use crate::refusal::Refusal;

/// How much of a foreign scheme is repeated in the answer.
const MAX_SCHEME_CHARS: usize = 32;

/// The token as it was sent, not looked into.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = lines.next().ok_or(Refusal::NoCredential)?;
    if lines.next().is_some() {
        return Err(Refusal::MalformedHeader);
    }
    let text = line.to_str().map_err(|_not_ascii| Refusal::MalformedHeader)?;
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let (Some(scheme), Some(token), None) = (words.next(), words.next(), words.next()) else {
        return Err(Refusal::MalformedHeader);
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::OtherScheme { scheme: printable_scheme(scheme) });
    }
    Ok(token)
}

/// The characters RFC 9110 §5.6.2 permits in a scheme, and few of them: the answer is no place for
/// whatever a stranger sends.
fn printable_scheme(scheme: &str) -> String {
    let permitted = |c: &char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(*c);
    scheme.chars().filter(permitted).take(MAX_SCHEME_CHARS).collect()
}
