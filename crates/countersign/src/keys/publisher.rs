//! Where one issuer publishes its keys, and one fetch from there.
//!
//! With metadata, the `jwks_uri` found there is kept. When the keys cannot be fetched from it, the
//! metadata is read again, and if it names another address, the keys are fetched from that. One time limit
//! spans all of it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use countersign_jwt::KeySet;
use jiff::SignedDuration;
use url::Url;

use super::{discovery::Metadata, fetch_error::FetchError, lifetime};
use crate::calls::{CallError, Downloads, Wanted, is_this_machine};

/// The most bytes of one answer.
const MAX_BYTES: usize = 256 * 1024;

/// What was configured.
pub(super) enum Place {
    KeySet(Url),
    Metadata(Metadata),
}

pub(super) struct Publisher {
    downloads: Downloads,
    place: Place,
    timeout: Duration,
    /// The address that the metadata named, while keys come from it.
    jwks_uri: Mutex<Option<Url>>,
}

/// Keys as they were published.
pub(super) struct Publication {
    pub(super) keys: KeySet,
    /// The text they were read from.
    pub(super) json: Box<str>,
    pub(super) lifetime: SignedDuration,
}

impl Place {
    /// The address that was configured or follows from what was.
    pub(super) fn url(&self) -> &Url {
        match self {
            Self::KeySet(url) => url,
            Self::Metadata(metadata) => metadata.url(),
        }
    }
}

impl Publisher {
    pub(super) fn new(place: Place, timeout: Duration) -> Result<Self, reqwest::Error> {
        let downloads = Downloads::new(is_this_machine(place.url()))?;
        Ok(Self { downloads, place, timeout, jwks_uri: Mutex::default() })
    }

    pub(super) fn url(&self) -> &Url {
        self.place.url()
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) async fn fetch(&self) -> Result<Publication, FetchError> {
        let (fetched, jwks_uri) = match &self.place {
            Place::KeySet(url) => return self.in_time(self.key_set(url)).await,
            Place::Metadata(metadata) => {
                match self.in_time(self.discovered_key_set(metadata)).await {
                    Ok((publication, url)) => (Ok(publication), Some(url)),
                    Err(error) => (Err(error), None),
                }
            }
        };
        *self.jwks_uri.lock().unwrap_or_else(PoisonError::into_inner) = jwks_uri;
        fetched
    }

    async fn in_time<T>(
        &self,
        fetch: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        tokio::time::timeout(self.timeout, fetch).await.unwrap_or(Err(CallError::Timeout.into()))
    }

    async fn discovered_key_set(
        &self,
        metadata: &Metadata,
    ) -> Result<(Publication, Url), FetchError> {
        let kept = self.jwks_uri.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let failed = match kept {
            None => None,
            Some(url) => match self.key_set(&url).await {
                Ok(publication) => return Ok((publication, url)),
                Err(error) => Some((url, error)),
            },
        };
        let document = self.downloads.get(json_at(metadata.url())).await?;
        let url = metadata.jwks_uri(&document.body)?;
        match failed {
            Some((same, error)) if same == url => Err(error),
            _ => Ok((self.key_set(&url).await?, url)),
        }
    }

    async fn key_set(&self, url: &Url) -> Result<Publication, FetchError> {
        let download = self.downloads.get(json_at(url)).await?;
        let keys = KeySet::from_jwks_json(&download.body)?;
        let json = str::from_utf8(&download.body)?.into();
        Ok(Publication { keys, json, lifetime: lifetime::stated_by(&download.headers) })
    }
}

fn json_at(url: &Url) -> Wanted<'_> {
    Wanted { url, accept: "application/json", most: MAX_BYTES, credential: None }
}
