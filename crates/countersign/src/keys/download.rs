//! One download with hard limits: the answer comes from the network.
//!
//! Status 200, at most 256 KiB, no redirects (a redirect could lead to a host that nobody configured), no
//! compression (a small answer could unfold without end). The content type is not looked at: what is not
//! what was asked for does not parse. Time is limited by the caller, for all downloads of a fetch.

use http::{HeaderValue, StatusCode, header::ACCEPT};
use jiff::SignedDuration;
use reqwest::{Client, redirect};
use url::Url;

use super::{
    fetch_error::{FetchError, MAX_BYTES},
    lifetime,
};

pub(super) struct Downloads {
    client: Client,
}

/// A whole answer.
pub(super) struct Download {
    pub(super) body: Vec<u8>,
    /// For how long it may be used without asking again.
    pub(super) lifetime: SignedDuration,
}

impl Downloads {
    /// `local`: from this machine, where a proxy for the outside world would lead astray.
    pub(super) fn new(local: bool) -> Result<Self, reqwest::Error> {
        let client = Client::builder().redirect(redirect::Policy::none());
        let client = client.no_gzip().no_brotli().no_deflate().no_zstd();
        let client = if local { client.no_proxy() } else { client };
        Ok(Self { client: client.build()? })
    }

    pub(super) async fn get(&self, url: &Url) -> Result<Download, FetchError> {
        let json = HeaderValue::from_static("application/json");
        let mut answer = self.client.get(url.clone()).header(ACCEPT, json).send().await?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let lifetime = lifetime::stated_by(answer.headers());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Download { body, lifetime })
    }
}
