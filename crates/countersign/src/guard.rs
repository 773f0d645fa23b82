//! The decision: who, if anybody, is asking?

use std::sync::Arc;

use countersign_jwt::{Clock, SystemClock, TokenError};
use http::request::Parts;

use crate::{
    audit, credential,
    identity::Identity,
    keys::{KeySource, Keys, SourceError},
    policy::Policy,
    refusal::Refusal,
};

/// Turns the bearer token of a request into a verified [`Identity`]. A clone is cheap and shares the
/// keys.
#[derive(Clone)]
pub struct Guard {
    inner: Arc<Inner>,
}

struct Inner {
    policy: Policy,
    keys: Keys,
    clock: Arc<dyn Clock>,
}

impl Guard {
    /// A guard on the clock of the system. Nothing is fetched yet; an error means that the HTTP client
    /// for remote keys could not be set up.
    pub fn new(policy: Policy, keys: KeySource) -> Result<Self, SourceError> {
        Self::with_clock(policy, keys, Arc::new(SystemClock))
    }

    /// A guard on another clock, as tests use.
    pub fn with_clock(
        policy: Policy,
        keys: KeySource,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SourceError> {
        let keys = Keys::open(keys)?;
        Ok(Self { inner: Arc::new(Inner { policy, keys, clock }) })
    }

    /// Decides about one request; every refusal is written to the audit log.
    ///
    /// With keys at hand this takes no lock and waits for nothing. It waits for the issuer only when no
    /// keys are known yet, when they are older than ten minutes, or when the token names a key that is
    /// not among them.
    pub async fn admit(&self, request: &Parts) -> Result<Identity, Refusal> {
        let decision = self.decide(request).await;
        if let Err(refusal) = &decision {
            self.audit(refusal, None, request);
        }
        decision
    }

    async fn decide(&self, request: &Parts) -> Result<Identity, Refusal> {
        let Inner { policy, keys, clock } = &*self.inner;
        let token = credential::bearer_token(&request.headers)?;
        let now = clock.now();
        let known = keys.current(now).await?;
        let claims = match policy.verifier().verify(token, &known, now) {
            Err(TokenError::UnknownKey) => {
                let newer = keys.newer_than(&known, now).await?;
                policy.verifier().verify(token, &newer, now)?
            }
            verified => verified?,
        };
        Ok(Identity::new(claims, policy.default_scopes()))
    }

    /// Whether tokens can be verified now: fetches remote keys when none are known. For readiness
    /// probes.
    pub async fn ready(&self) -> Result<(), Refusal> {
        self.inner.keys.current(self.inner.clock.now()).await.map(drop)
    }

    pub(crate) fn audit(&self, refusal: &Refusal, subject: Option<&str>, request: &Parts) {
        audit::refused(refusal, subject, request, self.inner.clock.now());
    }

    /// Whether both are the same guard, not just equal ones.
    #[cfg(feature = "axum")]
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}
