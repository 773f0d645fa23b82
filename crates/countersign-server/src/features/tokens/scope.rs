//! What a token is good for: what was asked, bounded by what its user may have (RFC 6749 §3.3).

use super::error::{OAuthError, refusals};

/// What is granted of what was asked: all that is allowed where nothing was, and nothing else than what was
/// otherwise. `None` where no scope is allowed at all.
pub(super) fn granted(asked: &str, allowed: &[&str]) -> Result<Option<String>, OAuthError> {
    let asked: Vec<_> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    if !asked.iter().all(|word| allowed.contains(word)) {
        return Err((&refusals::INVALID_SCOPE).into());
    }
    let words = if asked.is_empty() { allowed } else { &asked };
    Ok(Some(words.join(" ")).filter(|scope| !scope.is_empty()))
}

/// What was granted before and is allowed still.
pub(super) fn still_allowed<'a>(granted: Option<&'a str>, allowed: &[&str]) -> Vec<&'a str> {
    let words = granted.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    words.filter(|word| allowed.contains(word)).collect()
}
