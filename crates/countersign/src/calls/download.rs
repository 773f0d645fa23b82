//! One download with hard limits: the answer comes from the network.
//!
//! Status 200, a limited number of bytes, no redirects (a redirect could lead to a host that nobody
//! configured), no compression (a small answer could unfold without end). The content type is not looked
//! at: what is not what was asked for does not parse. Time is limited by the caller.

use std::time::Duration;

use http::{
    HeaderMap, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
};
use reqwest::{Client, Response, redirect};
use url::Url;

use super::credential::Credential;

/// Whoever makes these calls. Clones share the connections.
#[derive(Clone)]
pub(crate) struct Downloads {
    pub(super) client: Client,
}

/// What is asked for.
pub(crate) struct Wanted<'w> {
    pub(crate) url: &'w Url,
    /// The media type.
    pub(crate) accept: &'static str,
    /// The most bytes.
    pub(crate) most: usize,
    pub(crate) credential: Option<&'w Credential>,
}

/// A whole answer.
pub(crate) struct Download {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error(
        "no answer: see whether the address is right and can be reached from here, and its \
         certificate is one that this machine trusts"
    )]
    NoAnswer(#[source] reqwest::Error),
    #[error(
        "no whole answer in time: see whether the issuer is overloaded or a proxy holds it back"
    )]
    Timeout,
    #[error(
        "the answer has status {status} instead of 200: see whether the address is right, and what \
         the issuer's log says"
    )]
    Status {
        status: StatusCode,
        /// When to come again, if it says so in seconds (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    #[error("the answer is larger than {most} bytes: see whether the address is right")]
    TooLarge { most: usize },
}

impl CallError {
    /// A stable word for logs and readiness answers.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer(_) => "no_answer",
            Self::Timeout => "timeout",
            Self::Status { .. } => "status",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

/// Without the address, whose query may hold what is not for the log.
impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        Self::NoAnswer(error.without_url())
    }
}

impl Downloads {
    /// `local`: from this machine, where a proxy for the outside world would lead astray.
    pub(crate) fn new(local: bool) -> Result<Self, reqwest::Error> {
        let client = Client::builder().redirect(redirect::Policy::none());
        let client = client.no_gzip().no_brotli().no_deflate().no_zstd();
        let client = if local { client.no_proxy() } else { client };
        Ok(Self { client: client.build()? })
    }

    pub(crate) async fn get(&self, wanted: Wanted<'_>) -> Result<Download, CallError> {
        let Wanted { url, accept, most, credential } = wanted;
        let mut request = self.client.get(url.clone()).header(ACCEPT, accept);
        if let Some(Credential { name, secret }) = credential {
            request = request.basic_auth(name, Some(secret.as_str()));
        }
        let mut answer = request.send().await?;
        if answer.status() != StatusCode::OK {
            let retry_after = retry_after(answer.headers());
            return Err(CallError::Status { status: answer.status(), retry_after });
        }
        let headers = std::mem::take(answer.headers_mut());
        let body = whole(answer, most).await?;
        Ok(Download { headers, body })
    }
}

/// The body of an answer, unless it is larger.
pub(super) async fn whole(mut answer: Response, most: usize) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > most {
            return Err(CallError::TooLarge { most });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
