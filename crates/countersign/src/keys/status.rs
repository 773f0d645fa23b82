//! How an issuer's keys are doing.

use serde::Serialize;

use crate::feed::FeedStatus;

/// How the keys and the revocation feed of one issuer are doing, for the answer of a service's readiness probe. Nothing in it is
/// secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IssuerStatus {
    /// The issuer, as in the claim `iss` of its tokens.
    pub issuer: String,
    /// Whether its tokens can be verified with what is at hand.
    pub ready: bool,
    /// How many keys are at hand.
    pub keys: usize,
    /// How long ago they were fetched. `None` without keys, or with keys that are not fetched.
    pub keys_age_seconds: Option<u64>,
    /// Why the last fetch failed, in a stable word; `None` when it did not.
    pub last_error: Option<&'static str>,
    /// Its revocation feed, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocations: Option<FeedStatus>,
}

/// The same without the issuer, and what was done so far.
#[derive(Default)]
pub(crate) struct KeysStatus {
    pub(crate) ready: bool,
    pub(crate) keys: usize,
    pub(crate) age_seconds: Option<u64>,
    pub(crate) last_error: Option<&'static str>,
    /// Fetches that brought a key set.
    pub(crate) fetched: u64,
    pub(crate) failed: u64,
}

impl KeysStatus {
    pub(crate) fn of_issuer(self, issuer: &str, revocations: Option<FeedStatus>) -> IssuerStatus {
        let Self { ready, keys, age_seconds, last_error, .. } = self;
        let issuer = issuer.to_owned();
        let ready = ready && revocations.is_none_or(|feed| feed.ready);
        IssuerStatus { issuer, ready, keys, keys_age_seconds: age_seconds, last_error, revocations }
    }
}
