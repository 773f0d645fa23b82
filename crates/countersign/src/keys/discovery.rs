//! Where an issuer says that its keys are: OpenID Connect Discovery 1.0 §4 and RFC 8414 §3.
//!
//! The document must name the issuer by exactly the text that was configured (OpenID Connect Discovery
//! 1.0 §4.3, RFC 8414 §3.3), or one issuer could bring in the keys of another. Its `jwks_uri` keeps to
//! the rules for addresses; plain `http` on this machine is only for an issuer that is there, too, so that
//! nobody from outside points at what listens here.

use serde::Deserialize;
use url::Url;

use super::{SourceError, fetch_error::FetchError};
use crate::calls::{is_this_machine, parse_address};

/// How many characters of a stranger's name the log shows.
const LONGEST_SHOWN: usize = 200;

/// The metadata of one issuer.
pub(super) struct Metadata {
    issuer: String,
    url: Url,
}

/// What is read of the document; a member given twice is an error.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

impl Metadata {
    /// The well-known path comes after the issuer's own.
    pub(super) fn openid(issuer: &str) -> Result<Self, SourceError> {
        let mut url = parse_issuer(issuer)?;
        let path = format!("{}/.well-known/openid-configuration", own_path(&url));
        url.set_path(&path);
        Ok(Self { issuer: issuer.to_owned(), url })
    }

    /// The well-known path comes before the issuer's own.
    pub(super) fn oauth(issuer: &str) -> Result<Self, SourceError> {
        let mut url = parse_issuer(issuer)?;
        let path = format!("/.well-known/oauth-authorization-server{}", own_path(&url));
        url.set_path(&path);
        Ok(Self { issuer: issuer.to_owned(), url })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn jwks_uri(&self, document: &[u8]) -> Result<Url, FetchError> {
        let document: Document = serde_json::from_slice(document).map_err(FetchError::Metadata)?;
        if document.issuer != self.issuer {
            let named = document.issuer.chars().take(LONGEST_SHOWN).collect();
            return Err(FetchError::OtherIssuer { named, configured: self.issuer.clone() });
        }
        let url =
            parse_address(&document.jwks_uri).map_err(|error| FetchError::JwksUri(error.into()))?;
        if url.scheme() == "http" && !is_this_machine(&self.url) {
            return Err(FetchError::JwksUri(SourceError::InsecureUrl));
        }
        Ok(url)
    }
}

/// Without query and fragment (RFC 8414 §2).
fn parse_issuer(issuer: &str) -> Result<Url, SourceError> {
    let url = parse_address(issuer)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(SourceError::NotAnIssuer);
    }
    Ok(url)
}

/// The path without a slash at its end.
fn own_path(issuer: &Url) -> &str {
    let path = issuer.path();
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_where_the_specifications_say() {
        for (issuer, openid, oauth) in [
            (
                "https://auth.test",
                "https://auth.test/.well-known/openid-configuration",
                "https://auth.test/.well-known/oauth-authorization-server",
            ),
            (
                "https://auth.test/",
                "https://auth.test/.well-known/openid-configuration",
                "https://auth.test/.well-known/oauth-authorization-server",
            ),
            (
                "https://auth.test:8443/tenant/one/",
                "https://auth.test:8443/tenant/one/.well-known/openid-configuration",
                "https://auth.test:8443/.well-known/oauth-authorization-server/tenant/one",
            ),
        ] {
            assert_eq!(Metadata::openid(issuer).unwrap().url().as_str(), openid);
            assert_eq!(Metadata::oauth(issuer).unwrap().url().as_str(), oauth);
        }
    }

    #[test]
    fn t042_a_document_points_to_keys_only_where_they_are_safe() {
        let jwks_uri = |issuer: &str, uri: &str| {
            let document = format!(r#"{{"issuer":"{issuer}","jwks_uri":"{uri}","x":[1]}}"#);
            Metadata::openid(issuer).unwrap().jwks_uri(document.as_bytes())
        };
        let (remote, local) = ("https://auth.test", "http://127.0.0.1:3000");
        assert!(jwks_uri(remote, "https://keys.test/certs").is_ok());
        assert!(jwks_uri(local, "http://localhost:3000/jwks").is_ok());
        for uri in
            ["http://127.0.0.1:1/", "http://keys.test/", "file:///etc/passwd", "https://a@b/"]
        {
            let error = jwks_uri(remote, uri).unwrap_err();
            assert_eq!(error.code(), "insecure_url", "{uri}");
        }
        assert_eq!(jwks_uri(remote, "/jwks").unwrap_err().code(), "not_a_url");
    }

    #[test]
    fn a_document_names_its_issuer_exactly() {
        let metadata = Metadata::openid("https://auth.test").unwrap();
        for other in ["https://auth.test/", "HTTPS://auth.test", "https://evil.test", ""] {
            let document = format!(r#"{{"issuer":"{other}","jwks_uri":"https://auth.test/jwks"}}"#);
            let error = metadata.jwks_uri(document.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "other_issuer", "{other}");
        }
        let long =
            format!(r#"{{"issuer":"{}","jwks_uri":"https://auth.test/jwks"}}"#, "x".repeat(9000));
        assert!(metadata.jwks_uri(long.as_bytes()).unwrap_err().to_string().len() < 400);
        let slash = br#"{"issuer":"https://auth.test/","jwks_uri":"https://auth.test/jwks"}"#;
        assert_eq!(
            metadata.jwks_uri(slash).unwrap_err().to_string(),
            r#"the metadata names the issuer "https://auth.test/", which has to be "https://auth.test" to the character"#
        );
        let twice = r#"{"issuer":"https://evil.test","issuer":"https://auth.test","jwks_uri":"https://auth.test/jwks"}"#;
        for document in [twice, r#"{"issuer":"https://auth.test"}"#, "[]", "{}", "<html>", ""] {
            let error = metadata.jwks_uri(document.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "not_metadata", "{document}");
        }
    }
}
