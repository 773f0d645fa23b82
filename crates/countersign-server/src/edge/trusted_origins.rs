//! Which origins may send requests with cookies, and where a redirect may lead.
//!
//! | Tested | Pattern | Rule |
//! |---|---|---|
//! | `http(s)` URL | without wildcard | its origin is equal: scheme, host, port |
//! | `http(s)` URL | with wildcard and `://` | glob over the origin; `*` crosses dots |
//! | any URL | with wildcard, without `://` | glob over host and port |
//! | URL of another scheme | of that scheme | authority equal where the pattern has one; its path a prefix by segments |
//! | path | – | only where redirects are meant, and only a safe one ([`is_safe_path`]) |
//!
//! A wildcard host of digits, such as `192.168.*.*`, means addresses: it matches no name.

use std::net::Ipv4Addr;

use url::Url;

use super::glob;

/// The base URL's origin and those of the settings.
#[derive(Clone, Debug)]
pub struct TrustedOrigins(Vec<String>);

impl TrustedOrigins {
    /// The origin of the base URL, and others: origins, or patterns with `*` and `?`.
    pub fn new(own: &str, others: Vec<&str>) -> Self {
        let others = others.into_iter().map(str::to_owned);
        Self(std::iter::once(own.to_owned()).chain(others).collect())
    }

    /// Whether an `Origin` or `Referer` header names a trusted origin.
    pub(crate) fn trusts(&self, url: &str) -> bool {
        !url.starts_with('/') && self.0.iter().any(|pattern| matches(url, pattern))
    }

    /// Whether a redirect may lead to `url`: a trusted origin, or a path on our own.
    pub(crate) fn trusts_redirect(&self, url: &str) -> bool {
        if url.starts_with('/') { is_safe_path(url) } else { self.trusts(url) }
    }
}

fn matches(url: &str, pattern: &str) -> bool {
    let has_wildcard = pattern.contains(['*', '?']);
    let parsed = Url::parse(url).ok();
    if has_wildcard && !pattern.contains("://") {
        let Some(host) = parsed.as_ref().and_then(host_and_port) else { return false };
        return glob::matches(pattern, &host) && only_addresses(pattern, &host);
    }
    let Some(parsed) = parsed else { return false };
    if !matches!(parsed.scheme(), "http" | "https") {
        return matches_other_scheme(url, pattern, has_wildcard);
    }
    let origin = parsed.origin().ascii_serialization();
    if !has_wildcard {
        return pattern == origin;
    }
    let after_scheme = |text: &str| text.split_once("://").map(|(_, rest)| rest.to_owned());
    glob::matches(pattern, &origin)
        && only_addresses(
            &after_scheme(pattern).unwrap_or_default(),
            &after_scheme(&origin).unwrap_or_default(),
        )
}

fn host_and_port(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// A wildcard host of digits and dots means a range of addresses, so that `192.168.*` does not
/// trust `192.168.attacker.example`.
fn only_addresses(pattern: &str, authority: &str) -> bool {
    let host = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let pattern = host(pattern);
    let means_addresses = pattern.contains(|c: char| c.is_ascii_digit())
        && pattern.chars().all(|c| c.is_ascii_digit() || "*?.".contains(c));
    !means_addresses || host(authority).parse::<Ipv4Addr>().is_ok()
}

/// `myapp://host/path`: schemes are equal, authorities are equal where the pattern has one, and
/// the pattern's path ends at a segment.
fn matches_other_scheme(url: &str, pattern: &str, has_wildcard: bool) -> bool {
    let (Some(url), Some(pattern)) = (OtherScheme::parse(url), OtherScheme::parse(pattern)) else {
        return false;
    };
    if url.scheme != pattern.scheme || has_wildcard && url.authority.contains('@') {
        return false;
    }
    let authority = pattern.authority.is_empty()
        || if has_wildcard {
            glob::matches(&pattern.authority, &url.authority)
                && only_addresses(&pattern.authority, &url.authority)
        } else {
            pattern.authority == url.authority
        };
    let path = pattern.path.is_empty()
        || url.path == pattern.path
        || url.path.starts_with(&format!("{}/", pattern.path))
        || has_wildcard && glob::matches(&pattern.path, &url.path);
    authority && path
}

struct OtherScheme {
    scheme: String,
    authority: String,
    path: String,
}

impl OtherScheme {
    /// By hand, because URL parsers disagree on schemes they do not know.
    fn parse(text: &str) -> Option<Self> {
        if text.chars().any(char::is_control) {
            return None;
        }
        let (scheme, rest) = text.split_once(':').filter(|(scheme, _)| !scheme.is_empty())?;
        let rest = rest.split(['#']).next().unwrap_or_default();
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            None => ("", rest),
        };
        Some(Self {
            scheme: scheme.to_lowercase(),
            authority: authority.to_lowercase(),
            path: resolved(path),
        })
    }
}

/// The path with escapes decoded and `.` and `..` resolved, so that `/cb/../evil` is not `/cb/…`.
fn resolved(path: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut segments = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            ".." => {
                segments.pop();
            }
            "." | "" => {}
            segment => segments.push(segment),
        }
    }
    segments.into_iter().flat_map(|segment| ["/", segment]).collect()
}

/// A path that every browser and router reads as a path on this origin: one slash at the start,
/// no backslash, no control character, and no escaped separator before the query.
fn is_safe_path(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    url.starts_with('/')
        && !url.starts_with("//")
        && !url.contains('\\')
        && !url.chars().any(char::is_control)
        && !path.contains("%2f")
        && !path.contains("%5c")
}

#[cfg(test)]
mod tests {
    use super::TrustedOrigins;

    #[test]
    fn t160_origins_are_compared_whole_and_wildcards_stay_below_their_domain() {
        let others = vec!["https://*.wild.example.com", "myapp://", "http://192.168.*.*"];
        let trusted = TrustedOrigins::new("http://localhost:3000", others);
        for good in [
            "http://localhost:3000",
            "http://localhost:3000/any/path?x",
            "https://a.b.wild.example.com",
            "myapp://anything/at/all",
            "http://192.168.1.7",
        ] {
            assert!(trusted.trusts(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1:3000",
            "http://localhost:3001",
            "http://localhost:3000.evil.example",
            "https://wild.example.com",
            "http://a.wild.example.com",
            "https://a.wild.example.com.evil",
            "https://evil.example/?https://a.wild.example.com",
            "http://192.168.attacker.example",
            "otherapp://x",
            "http://evil-localhost:3000",
            "http://localhost:3000@evil.example",
            "https://localhost:3000",
            "http://localhostx:3000",
            "http://localhost.:3000",
            "http://xn--localhost-.test",
            "null",
            "",
            "/relative",
        ] {
            assert!(!trusted.trusts(bad), "{bad}");
        }
    }

    #[test]
    fn t164_redirects_lead_to_trusted_origins_or_plain_paths() {
        let trusted = TrustedOrigins::new("http://localhost:3000", vec!["myapp://host/cb"]);
        for good in ["/dash", "/", "/ok?x=%2f", "http://localhost:3000/x", "myapp://host/cb/in"] {
            assert!(trusted.trusts_redirect(good), "{good}");
        }
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "/%2fevil",
            "/%5Cevil",
            "/a\tb",
            "http://evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "https:evil.example",
            " https://evil.example",
            "\\/evil.example",
            "dash",
            "myapp://host/cb/../evil",
            "myapp://host/cbx",
        ] {
            assert!(!trusted.trusts_redirect(bad), "{bad}");
        }
    }
}
