//! Which pages may make a browser change something with its cookies.
//!
//! `GET`, `HEAD` and `OPTIONS` may come from anywhere, unless they ask for another protocol (`Upgrade`):
//! a WebSocket begins with a `GET`. Any other request needs one of:
//!
//! * `Origin`, once, equal to a trusted origin byte by byte (RFC 6454 §7);
//! * no `Origin`, and `Sec-Fetch-Site: same-origin` (Fetch Metadata).
//!
//! No page can write these two headers. A program that is no browser uses a bearer token.

use http::{HeaderName, HeaderValue, Method, header, request::Parts};
use url::Url;

use super::CookiePolicyError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a request with cookies may not change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CrossSite {
    /// It does not say where it comes from.
    NoOrigin,
    /// It has several `Origin` headers.
    SeveralOrigins,
    /// It comes from an origin that is not trusted.
    Untrusted,
}

impl CrossSite {
    /// A stable word for the log.
    pub fn cause(self) -> &'static str {
        match self {
            Self::NoOrigin => "origin_missing",
            Self::SeveralOrigins => "origin_several",
            Self::Untrusted => "origin_untrusted",
        }
    }
}

/// Origins as browsers write them: `https://app.example`, `http://localhost:3000`.
pub(super) struct TrustedOrigins(Vec<String>);

impl TrustedOrigins {
    pub(super) fn parse(
        origins: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, CookiePolicyError> {
        let parse = |origin: &str| {
            serialized(origin)
                .ok_or_else(|| CookiePolicyError::Origin { origin: origin.to_owned() })
        };
        let origins = origins.into_iter().map(|origin| parse(origin.as_ref()));
        origins.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn check(&self, request: &Parts) -> Result<(), CrossSite> {
        let headers = &request.headers;
        let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if reads && !headers.contains_key(header::UPGRADE) {
            return Ok(());
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (Some(origin), None) => {
                let trusted = self.0.iter().any(|trusted| trusted.as_bytes() == origin.as_bytes());
                if trusted { Ok(()) } else { Err(CrossSite::Untrusted) }
            }
            (None, _) => {
                let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
                match (sites.next().map(HeaderValue::as_bytes), sites.next()) {
                    (Some(b"same-origin"), None) => Ok(()),
                    _ => Err(CrossSite::NoOrigin),
                }
            }
            (Some(_), Some(_)) => Err(CrossSite::SeveralOrigins),
        }
    }
}

/// An origin in the one spelling that browsers use; `None` when the text is more than an origin.
fn serialized(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let serialized = url.origin().ascii_serialization();
    let only = url.as_str().strip_suffix('/') == Some(serialized.as_str());
    (web && only && !origin.contains('*')).then_some(serialized)
}

#[cfg(test)]
mod tests {
    use super::serialized;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        let same = ["https://app.test", "https://app.test/", "HTTPS://APP.test:443"];
        for origin in same {
            assert_eq!(serialized(origin).as_deref(), Some("https://app.test"));
        }
        assert_eq!(serialized("http://[::1]:3000").as_deref(), Some("http://[::1]:3000"));
        for other in [
            "",
            "null",
            "*",
            "app.test",
            "https://*.app.test",
            "https://app.test/x",
            "app://x",
            "https://a@app.test",
            "https://app.test?x",
            "https://app.test#x",
            "data:text/html,x",
        ] {
            assert_eq!(serialized(other), None, "{other}");
        }
    }
}
