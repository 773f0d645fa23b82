//! One fetch of a published key set, with hard limits: the answer comes from the network.
//!
//! Status 200, at most 256 KiB, all within three seconds, no redirects (a redirect could lead to a
//! host that nobody configured), no compression (a small answer could unfold without end). The content
//! type is not looked at: what is not a key set does not parse.

use std::time::Duration;

use countersign_jwt::{KeyError, KeySet};
use http::{HeaderValue, StatusCode, header::ACCEPT};
use reqwest::{Client, redirect};
use url::Url;

const MAX_BYTES: usize = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) struct Endpoint {
    client: Client,
    url: Url,
}

/// Why a fetch brought no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    #[error("the answer has status {0}")]
    Status(StatusCode),
    #[error("the answer is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the answer is no key set: {0}")]
    Keys(#[from] KeyError),
}

impl Endpoint {
    /// `local`: on this machine, where a proxy for the outside world would lead astray.
    pub(crate) fn new(url: Url, local: bool) -> Result<Self, reqwest::Error> {
        let client = Client::builder().redirect(redirect::Policy::none()).timeout(TIMEOUT);
        let client = if local { client.no_proxy() } else { client };
        Ok(Self { client: client.build()?, url })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) async fn fetch(&self) -> Result<KeySet, FetchError> {
        let json = HeaderValue::from_static("application/json");
        let mut answer = self.client.get(self.url.clone()).header(ACCEPT, json).send().await?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(KeySet::from_jwks_json(&body)?)
    }
}
