//! The decision: who, if anybody, is asking?

use std::sync::Arc;

use countersign_jwt::{Clock, SystemClock, TokenError, dangerous};
use http::request::Parts;
use serde_json::Value;

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
    /// At least one, and no two with the same issuer.
    issuers: Vec<Trusted>,
    clock: Arc<dyn Clock>,
}

/// An issuer and what its tokens are held against. Its keys serve no other issuer.
struct Trusted {
    policy: Policy,
    keys: Keys,
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
        Self::for_issuers([(policy, keys)], clock)
    }

    /// A guard that takes tokens of several issuers, such as a Countersign server and a Better Auth
    /// server side by side. A token's claim `iss` chooses the entry, and only the keys of that entry
    /// verify it: an issuer cannot speak for another one.
    ///
    /// [`SourceError::IssuerTwice`] when two entries have the same issuer, [`SourceError::NoIssuer`]
    /// when there is none.
    pub fn for_issuers(
        issuers: impl IntoIterator<Item = (Policy, KeySource)>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SourceError> {
        let mut trusted: Vec<Trusted> = Vec::new();
        for (policy, keys) in issuers {
            let issuer = policy.verifier().issuer();
            if trusted.iter().any(|other| other.policy.verifier().issuer() == issuer) {
                return Err(SourceError::IssuerTwice { issuer: issuer.to_owned() });
            }
            trusted.push(Trusted { policy, keys: Keys::open(keys)? });
        }
        if trusted.is_empty() {
            return Err(SourceError::NoIssuer);
        }
        Ok(Self { inner: Arc::new(Inner { issuers: trusted, clock }) })
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
        let token = credential::bearer_token(&request.headers)?;
        let Trusted { policy, keys } = self.inner.issuer_of(token)?;
        let now = self.inner.clock.now();
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

    /// Whether tokens of every issuer can be verified now: fetches remote keys when none are known. For
    /// readiness probes.
    pub async fn ready(&self) -> Result<(), Refusal> {
        for issuer in &self.inner.issuers {
            issuer.keys.current(self.inner.clock.now()).await?;
        }
        Ok(())
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

impl Inner {
    /// The entry that a token has to be held against. With one issuer there is nothing to choose, and
    /// nothing of the token is read; with several its `iss` is believed just so far as to choose, and
    /// checked with the rest.
    fn issuer_of(&self, token: &str) -> Result<&Trusted, TokenError> {
        if let [only] = self.issuers.as_slice() {
            return Ok(only);
        }
        let read = dangerous::read_without_verifying(token)?;
        let named = read.claims.get("iss").and_then(Value::as_str);
        let mut issuers = self.issuers.iter();
        let found = issuers.find(|trusted| Some(trusted.policy.verifier().issuer()) == named);
        found.ok_or(TokenError::Mismatch { claim: "iss" })
    }
}
