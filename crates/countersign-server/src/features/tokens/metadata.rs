//! `/.well-known/oauth-authorization-server`: where the endpoints are (RFC 8414), for clients and for guards
//! that look for keys by the issuer's name.
//!
//! It is at the root of the origin, with the issuer's path behind it where the issuer has one; and below the
//! base path, for whoever only has that.

use http::{HeaderValue, header};
use serde::Serialize;
use url::Url;

use super::Tokens;
use crate::{
    Auth,
    wire::{ApiError, Reply},
};

pub(super) const PATH: &str = "/.well-known/oauth-authorization-server";

/// What the metadata says changes with the settings only.
const FOR_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");

#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    token_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    response_types_supported: [&'a str; 0],
    grant_types_supported: Vec<&'a str>,
    token_endpoint_auth_methods_supported: [&'a str; 1],
    revocation_endpoint_auth_methods_supported: [&'a str; 1],
    introspection_endpoint_auth_methods_supported: [&'a str; 1],
}

pub(super) fn metadata(tokens: &Tokens, auth: &Auth) -> Result<Reply, ApiError> {
    let settings = auth.settings();
    let endpoints = settings.base_url.endpoints();
    let at = |path: &str| format!("{endpoints}{path}");
    let mut grant_types = vec!["session", "refresh_token"];
    grant_types.extend(tokens.0.settings.password_grant.then_some("password"));
    let metadata = Metadata {
        issuer: &settings.token.issuer,
        token_endpoint: at("/token"),
        revocation_endpoint: at("/token/revoke"),
        introspection_endpoint: at("/token/introspect"),
        jwks_uri: tokens.0.jwt.jwks_path().map(at),
        response_types_supported: [],
        grant_types_supported: grant_types,
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        introspection_endpoint_auth_methods_supported: ["client_secret_basic"],
    };
    Ok(Reply::json(&metadata)?.with_header(header::CACHE_CONTROL, FOR_MINUTES))
}

/// Where the metadata of this issuer is looked for (RFC 8414 §3): the issuer's path comes last.
pub(super) fn path_of(issuer: &str) -> String {
    let path = Url::parse(issuer).ok().map(|url| url.path().trim_end_matches('/').to_owned());
    let is_plain =
        |path: &String| path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._~-".contains(&b));
    format!("{PATH}{}", path.filter(is_plain).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuers_path_comes_last() {
        for (issuer, after) in [
            ("https://auth.test", ""),
            ("https://auth.test/", ""),
            ("https://auth.test/api/auth/", "/api/auth"),
            ("https://auth.test/{x}/:y", ""),
            ("my issuer", ""),
        ] {
            assert_eq!(path_of(issuer), format!("{PATH}{after}"), "{issuer}");
        }
    }
}
