//! Requests to providers, with hard limits: what they answer comes from the network.
//!
//! No redirects (one could lead to a host that nobody configured), no compression (a small answer could unfold
//! without end), no proxy of the environment, at most 1 MiB and five seconds. Errors name no address and no content.

use std::time::Duration;

use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::{Client, RequestBuilder, redirect};
use serde_json::Value;
use url::Url;

const MAX_BYTES: usize = 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);

/// GitHub answers nobody without a name.
const NAME: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));

/// Sends requests to providers.
pub(crate) struct Calls(Client);

/// Why a call brought nothing that could be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("no answer")]
    NoAnswer(#[source] reqwest::Error),
    #[error("the answer has status {status}{}", code.as_ref().map(|code| format!(": {code}")).unwrap_or_default())]
    Status {
        status: StatusCode,
        /// The provider's `error`, where it is a plain word (RFC 6749 §5.2).
        code: Option<String>,
    },
    #[error("the answer is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the answer is no JSON")]
    NotJson(#[source] serde_json::Error),
}

impl Calls {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .timeout(TIMEOUT)
            .user_agent(NAME);
        Ok(Self(client.build()?))
    }

    /// Posts a form, and reads JSON.
    pub(super) async fn post_form(
        &self,
        url: &Url,
        form: String,
        authorization: Option<HeaderValue>,
    ) -> Result<Value, CallError> {
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        let mut request = self.0.post(url.clone()).header(CONTENT_TYPE, form_type).body(form);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        json(&answer(request).await?)
    }

    /// Reads JSON with an access token.
    pub(super) async fn get_as(&self, url: &Url, access_token: &str) -> Result<Value, CallError> {
        json(&answer(self.0.get(url.clone()).bearer_auth(access_token)).await?)
    }

    /// Reads what is public.
    pub(super) async fn get(&self, url: &Url) -> Result<Vec<u8>, CallError> {
        answer(self.0.get(url.clone())).await
    }
}

async fn answer(request: RequestBuilder) -> Result<Vec<u8>, CallError> {
    let json = HeaderValue::from_static("application/json");
    let mut answer = request.header(ACCEPT, json).send().await?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    if !status.is_success() {
        return Err(CallError::Status { status, code: error_code(&body) });
    }
    Ok(body)
}

fn json(body: &[u8]) -> Result<Value, CallError> {
    serde_json::from_slice(body).map_err(CallError::NotJson)
}

fn error_code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = body.get("error")?.as_str()?;
    let is_word = code.len() <= 64 && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_word.then(|| code.to_owned())
}

/// Without the address, whose query may hold what is not for the log.
impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        Self::NoAnswer(error.without_url())
    }
}
