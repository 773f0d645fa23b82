//! A request to an endpoint of OAuth: from a trusted page if from a page, and readable, in that order.
//!
//! Parameters come as an HTML form or as JSON. None may be there twice, one without a value counts as none,
//! and unknown ones are ignored (RFC 6749 §3.2).

use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use serde::{
    Deserialize,
    de::value::{Error as FormError, MapDeserializer},
};

use super::{
    error::{OAuthError, refusals},
    transport::Transport,
};
use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Client, check_sign_in, receive, shows_browser},
};

/// What was asked, by whom, from where.
pub(super) struct TokenRequest {
    pub(super) parameters: Parameters,
    pub(super) cookies: RequestCookies,
    pub(super) client: Client,
    /// For the credential of a service.
    pub(super) headers: HeaderMap,
    pub(super) transport: Transport,
}

/// The parameters of these endpoints; an empty text is none. No `Debug`: most are credentials.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Parameters {
    pub(super) grant_type: String,
    pub(super) scope: String,
    pub(super) refresh_token: String,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) token: String,
}

impl FromRequest<Auth> for TokenRequest {
    type Rejection = OAuthError;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, OAuthError> {
        let (parts, body) = request.into_parts();
        let bytes = receive(&parts.headers, body).await?;
        check_sign_in(&parts.headers, &auth.settings().trusted_origins)?;
        let parameters = read(&parts.headers, &bytes).ok_or(&refusals::NOT_READABLE)?;
        let is_browser = shows_browser(&parts.headers);
        Ok(Self {
            parameters,
            cookies: RequestCookies::of_parts(&parts),
            client: Client::of(&parts, auth),
            transport: if is_browser { Transport::Cookie } else { Transport::Body },
            headers: parts.headers,
        })
    }
}

fn read(headers: &HeaderMap, bytes: &[u8]) -> Option<Parameters> {
    if bytes.is_empty() {
        return Some(Parameters::default());
    }
    let given = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        // A list would be read as the members in their order.
        let is_object = bytes.trim_ascii_start().starts_with(b"{");
        return is_object.then(|| serde_json::from_slice(bytes).ok()).flatten();
    }
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return None;
    }
    let pairs = form_urlencoded::parse(bytes);
    let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
    Parameters::deserialize(MapDeserializer::<_, FormError>::new(pairs)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant_type(content_type: &str, body: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().expect("a header"));
        read(&headers, body.as_bytes()).map(|parameters| parameters.grant_type.clone())
    }

    #[test]
    fn a_form_and_json_say_the_same_and_nothing_is_said_twice() {
        let (form, json) = ("application/x-www-form-urlencoded", "application/json; charset=utf-8");
        for (content_type, body, expected) in [
            (form, "grant_type=refresh_token&unknown=1&unknown=2", Some("refresh_token")),
            (form, "grant_type=", Some("")),
            (form, "grant_type=a&grant_type=b", None),
            (json, r#"{"grant_type":"session","unknown":{}}"#, Some("session")),
            (json, r#"{"grant_type":"a","grant_type":"b"}"#, None),
            (json, r#"{"grant_type":["session"]}"#, None),
            (json, r#"{"grant_type":null}"#, None),
            (json, "[]", None),
            (json, "", Some("")),
            ("text/plain", "grant_type=session", None),
        ] {
            assert_eq!(grant_type(content_type, body).as_deref(), expected, "{body}");
        }
        assert!(read(&HeaderMap::new(), b"grant_type=session").is_none());
    }
}
