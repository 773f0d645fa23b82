//! Requests that another site made a browser send are refused.
//!
//! 1. With any `Cookie` header, `Origin` (else `Referer`) has to be a trusted origin. A missing
//!    one, or `null`, is refused; `null` passes when the browser says `Sec-Fetch-Site:
//!    same-origin`.
//! 2. URLs in the body or query that a later redirect would follow have to be trusted.
//! 3. Endpoints that sign in are strict without cookies too: a cross-site navigation is refused,
//!    and as soon as a browser shows itself (`Sec-Fetch-*`, `Origin`, `Referer`), rule 1 holds.
//!    Otherwise another site could sign a visitor in to an account of its own.
//!
//! `GET`, `HEAD` and `OPTIONS` are not checked: they change nothing.

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use super::TrustedOrigins;
use crate::wire::{ApiError, Refusal, refusals};

/// Rule 1, for requests with cookies.
pub(super) fn check_origin(headers: &HeaderMap, trusted: &TrustedOrigins) -> Result<(), ApiError> {
    if headers.contains_key(header::COOKIE) {
        return require_trusted_origin(headers, trusted);
    }
    Ok(())
}

/// Rule 3.
pub(crate) fn check_sign_in(headers: &HeaderMap, trusted: &TrustedOrigins) -> Result<(), ApiError> {
    if headers.contains_key(header::COOKIE) {
        return require_trusted_origin(headers, trusted);
    }
    let [site, mode] = ["sec-fetch-site", "sec-fetch-mode"].map(|name| text(headers, name).trim());
    if site == "cross-site" && mode == "navigate" {
        return Err((&refusals::CROSS_SITE_NAVIGATION_LOGIN_BLOCKED).into());
    }
    if shows_browser(headers) {
        return require_trusted_origin(headers, trusted);
    }
    Ok(())
}

/// Whether a browser shows itself. A page cannot keep it from that when it posts.
pub(crate) fn shows_browser(headers: &HeaderMap) -> bool {
    let shown = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "origin", "referer"];
    shown.iter().any(|name| !text(headers, name).trim().is_empty())
}

fn require_trusted_origin(headers: &HeaderMap, trusted: &TrustedOrigins) -> Result<(), ApiError> {
    let origin = match (text(headers, "origin"), text(headers, "sec-fetch-site")) {
        ("null", "same-origin") => return Ok(()),
        ("", _) => text(headers, "referer"),
        (origin, _) => origin,
    };
    if origin.is_empty() || origin == "null" {
        return Err((&refusals::MISSING_OR_NULL_ORIGIN).into());
    }
    if !trusted.trusts(origin) {
        tracing::warn!(
            origin,
            "a request from an origin that is not trusted was refused; \
             if it is yours, add it to server.trusted_origins"
        );
        return Err((&refusals::INVALID_ORIGIN).into());
    }
    Ok(())
}

/// Rule 2: each place a redirect could come from, with the label and the error Better Auth has
/// for it. `callbackURL` may also stand in the query, once.
pub(super) fn check_redirects(
    body: Option<&Value>,
    query: Option<&str>,
    trusted: &TrustedOrigins,
) -> Result<(), ApiError> {
    let in_query = || {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let mut found: Vec<_> = pairs
            .filter(|(name, _)| name == "callbackURL")
            .map(|(_, value)| Value::String(value.into_owned()))
            .collect();
        // What stands there twice is a list to Better Auth, and no text.
        if found.len() > 1 { Some(Value::Array(found)) } else { found.pop() }
    };
    let places: [(&str, &str, &'static Refusal); 4] = [
        ("callbackURL", "callbackURL", &refusals::INVALID_CALLBACK_URL),
        ("redirectTo", "redirectURL", &refusals::INVALID_REDIRECT_URL),
        ("errorCallbackURL", "errorCallbackURL", &refusals::INVALID_ERROR_CALLBACK_URL),
        ("newUserCallbackURL", "newUserCallbackURL", &refusals::INVALID_NEW_USER_CALLBACK_URL),
    ];
    for (member, label, refusal) in places {
        let mut url =
            body.and_then(|body| body.get(member)).filter(|value| is_truthy(value)).cloned();
        if url.is_none() && member == "callbackURL" {
            url = in_query();
        }
        match url {
            Some(Value::String(url)) if !url.is_empty() && !trusted.trusts_redirect(&url) => {
                return Err(refusal.into());
            }
            Some(Value::String(_)) | None => {}
            Some(_) => {
                let message = format!("Invalid {label}: expected a string");
                return Err(ApiError::told(StatusCode::BAD_REQUEST, None, message));
            }
        }
    }
    Ok(())
}

/// JavaScript's truth: what counts as "given".
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
