//! The cookies a request carries.

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use percent_encoding::percent_decode_str;

use crate::cookies::CookieSigner;

const BLANK: [char; 2] = [' ', '\t'];

/// The request's `Cookie` header, read as Better Auth reads it: of equal names the first counts,
/// quotes around a value are dropped, `%` escapes are decoded where there are any. Only spaces and
/// tabs around a name are trimmed: other white space would let `\u{2000}__Secure-…` pass for the
/// real name.
pub(crate) struct RequestCookies(Vec<(String, String)>);

impl RequestCookies {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut pairs = Vec::new();
        for line in headers.get_all(header::COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes());
            pairs.extend(line.split(';').filter_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let value = value.trim_matches(BLANK);
                let unquoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let name = name.trim_matches(BLANK).to_owned();
                Some((name, unquoted.unwrap_or(value).to_owned()))
            }));
        }
        Self(pairs)
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

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::secret::Secret;

    const NAME: &str = "__Secure-better-auth.session_token";

    fn of(line: &[u8]) -> RequestCookies {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_bytes(line).expect("a header"));
        RequestCookies::of(&headers)
    }

    #[test]
    fn t131_a_name_behind_strange_white_space_is_another_name() {
        let prefixes: [&[u8]; 4] = [b"\xe2\x80\x80", b"\xc2\xa0", b"\xe3\x80\x80", b"\x85"];
        for prefix in prefixes {
            assert!(!of(&[prefix, NAME.as_bytes(), b"=evil"].concat()).has(NAME));
        }
        assert!(of(format!("a=b; \t{NAME} =good").as_bytes()).has(NAME));
    }

    #[test]
    fn a_strange_cookie_of_somebody_else_hides_no_session() {
        let signer = CookieSigner::new(&Secret::new("a secret"));
        let line =
            [b"odd=\xff\xfe; ", NAME.as_bytes(), b"=", signer.sign("token").as_bytes()].concat();
        assert_eq!(of(&line).signed(NAME, &signer).as_deref(), Some("token"));
    }
}
