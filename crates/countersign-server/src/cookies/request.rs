//! The cookies a request carries.

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use percent_encoding::percent_decode_str;

use crate::cookies::CookieSigner;

/// The request's `Cookie` header, read as Better Auth reads it: of equal names the first counts,
/// quotes around a value are dropped, `%` escapes are decoded where there are any.
pub(crate) struct RequestCookies(Vec<(String, String)>);

impl RequestCookies {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = value.trim();
            let unquoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            Some((name.trim().to_owned(), unquoted.unwrap_or(value).to_owned()))
        });
        Self(pairs.collect())
    }

    /// Whether a cookie of this name came along, whatever it holds.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// The value of a signed cookie; `None` when absent, malformed or not signed by us.
    pub(crate) fn signed(&self, name: &str, signer: &CookieSigner) -> Option<String> {
        let (_, value) = self.0.iter().find(|(other, _)| other == name)?;
        let decoded = percent_decode_str(value).decode_utf8().ok()?;
        signer.verify(&decoded).map(str::to_owned)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestCookies {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}
