//! The decision: who, if anybody, is asking?

use std::sync::Arc;

use countersign_jwt::{Clock, KeySet, TokenError, dangerous};
use http::{header::AUTHORIZATION, request::Parts};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    audit::{AuditSink, Event},
    builder::{BuildError, GuardBuilder},
    cookies::Cookies,
    credential,
    feed::Feed,
    held_against::HeldAgainst,
    identity::Identity,
    keys::{IssuerStatus, KeySource, Keys, Signed},
    metrics::{Counters, Metrics},
    policy::Policy,
    reference::Reference,
    refusal::Refusal,
    refused::Refused,
    replay::Replays,
    revocation::Revocations,
    token_cache::{TokenCache, VerifiedToken},
};

/// Turns the bearer token of a request into a verified [`Identity`]. A clone is cheap and shares the
/// keys, the revocations and the memory of tokens.
#[derive(Clone)]
pub struct Guard {
    inner: Arc<Inner>,
}

/// The token of a request is spent with this guard, for this request.
#[derive(Clone)]
struct Spent(Guard);

pub(crate) struct Inner {
    /// At least one, and no two with the same issuer.
    pub(crate) issuers: Vec<Trusted>,
    /// Of the first issuer.
    pub(crate) cookies: Option<Cookies>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Arc<dyn AuditSink>,
    pub(crate) revocations: Revocations,
    pub(crate) verified: TokenCache,
    pub(crate) replays: Replays,
    pub(crate) counters: Counters,
}

/// An issuer and what its tokens are held against. Its keys serve no other issuer.
pub(crate) struct Trusted {
    pub(crate) policy: Policy,
    pub(crate) name: Arc<str>,
    pub(crate) keys: Arc<Keys>,
    /// What it took back, where it says so.
    pub(crate) feed: Option<Feed>,
}

impl Guard {
    /// A guard for the tokens of one issuer, with everything else as it is by default. Nothing is fetched
    /// yet.
    pub fn new(policy: Policy, keys: KeySource) -> Result<Self, BuildError> {
        Self::builder(policy, keys).build()
    }

    /// Starts to put a guard together: more issuers, a clock, an audit sink, revocations, sizes.
    pub fn builder(policy: Policy, keys: KeySource) -> GuardBuilder {
        GuardBuilder::new(policy, keys)
    }

    pub(crate) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Decides about one request; every refusal is written to the audit log.
    ///
    /// With keys at hand this waits for nothing, and with a token that was verified before it takes no
    /// lock, allocates nothing and checks no signature. It waits for the issuer only when no keys are
    /// known yet, when they are older than their lifetime (ten minutes at most), or when the token was not
    /// made by one of them; and for the first answer of a revocation feed.
    pub async fn admit(&self, request: &Parts) -> Result<Identity, Refused> {
        match self.inner.decide(request).await {
            Ok(identity) => {
                self.inner.counters.admitted();
                Ok(identity)
            }
            Err(refusal) => Err(self.refuse(refusal, None, request)),
        }
    }

    /// Lets the token of an admitted request count once: the first request with its `jti` passes, later
    /// ones are refused, and so is a token without `jti`. For one request it can be called again. It waits
    /// only where spent tokens are shared ([`GuardBuilder::spent_tokens_shared`]).
    pub async fn spend(&self, identity: &Identity, request: &mut Parts) -> Result<(), Refused> {
        if request.extensions.get::<Spent>().is_some_and(|Spent(guard)| guard.is(self)) {
            return Ok(());
        }
        let inner = &self.inner;
        let issuer = inner.issuers.iter().find(|trusted| *trusted.name == *identity.issuer());
        let leeway = issuer.map(|trusted| trusted.policy.verifier().leeway()).unwrap_or_default();
        let spent = inner.replays.spend(identity, leeway, inner.clock.now()).await;
        spent.map_err(|refusal| self.refuse(refusal, Some(identity), request))?;
        request.extensions.insert(Spent(self.clone()));
        Ok(())
    }

    /// Whether tokens of every issuer can be verified now, and what it took back is known: fetches remote
    /// keys when none are known, and asks a revocation feed for the first time. For readiness probes;
    /// [`status`](Self::status) says more.
    pub async fn ready(&self) -> Result<(), Refusal> {
        for issuer in &self.inner.issuers {
            issuer.keys.current(self.inner.clock.now()).await?;
            issuer.fresh().await?;
        }
        Ok(())
    }

    /// How the keys and the revocation feed of each issuer are doing, for the answer of a readiness probe.
    /// Fetches nothing.
    pub fn status(&self) -> Vec<IssuerStatus> {
        let now = self.inner.clock.now();
        let issuers = self.inner.issuers.iter();
        let status = issuers.map(|trusted| {
            let feed = trusted.feed.as_ref().map(Feed::status);
            trusted.keys.status(now).of_issuer(&trusted.name, feed)
        });
        status.collect()
    }

    /// Forgets all fetched keys, in memory and on disk, and fetches them anew: after a key was stolen and
    /// withdrawn, this makes its tokens worthless at once. While an issuer cannot be reached, its tokens
    /// are answered 503.
    pub async fn purge_keys(&self) -> Result<(), Refusal> {
        let mut purged = Ok(());
        for issuer in &self.inner.issuers {
            purged = purged.and(issuer.keys.purge(self.inner.clock.now()).await);
        }
        purged
    }

    /// What it has done so far. As text: the format of Prometheus.
    pub fn metrics(&self) -> Metrics {
        let now = self.inner.clock.now();
        let issuers = self.inner.issuers.iter();
        let keys = issuers.clone().map(|trusted| trusted.keys.status(now));
        let feeds = issuers.filter_map(|trusted| trusted.feed.as_ref().map(Feed::status));
        self.inner.counters.read(self.inner.revocations.len(), keys, feeds)
    }

    /// Writes a refusal to the audit log and gives it its name. For decisions of the service itself, such
    /// as [`Refusal::NotOwner`], about a request that the guard admitted.
    pub fn refuse(
        &self,
        refusal: Refusal,
        identity: Option<&Identity>,
        request: &Parts,
    ) -> Refused {
        let inner = &self.inner;
        let reference = Reference::new();
        inner.counters.refused(refusal.status().as_u16());
        let event = Event::new(&refusal, reference, identity, request, inner.clock.now());
        inner.audit.record(&event);
        Refused::new(refusal, reference)
    }

    /// Whether the request carries anything that it would be let in or refused for.
    pub fn finds_credential(&self, request: &Parts) -> bool {
        let cookies = || self.inner.cookies.as_ref()?.in_request(request);
        request.headers.contains_key(AUTHORIZATION) || cookies().is_some()
    }

    /// Whether both are the same guard, not just equal ones.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Trusted {
    /// Whether what the issuer took back is known well enough; asked before anything is looked up there.
    async fn fresh(&self) -> Result<(), Refusal> {
        match &self.feed {
            Some(feed) => feed.fresh().await,
            None => Ok(()),
        }
    }
}

impl Inner {
    async fn decide(&self, request: &Parts) -> Result<Identity, Refusal> {
        let now = self.clock.now();
        let token = match credential::bearer_token(&request.headers) {
            Err(Refusal::NoCredential) => return self.decide_by_cookie(request, now).await,
            token => token?,
        };
        if let Some(remembered) = self.remembered(token, now).await? {
            return Ok(remembered);
        }
        // Read before the token is held against them: what is revoked meanwhile is looked through by the
        // next request.
        let issuer = self.issuer_of(token)?;
        let held_against = HeldAgainst::all(self, issuer);
        let Trusted { policy, name, keys, .. } = &self.issuers[issuer];
        let verify = |keys: &KeySet| policy.verifier().verify(token, keys, now);
        let (claims, held) = keys.judge(Signed::Token, token, now, verify).await?;
        if policy.requires_token_id() && claims.token_id().is_none() {
            return Err(TokenError::MissingClaim { claim: "jti" }.into());
        }
        let fresh = self.issuers[issuer].fresh().await;
        let names = self.issuers[issuer].feed.as_ref().and_then(|feed| feed.names(&claims, token));
        if let Some(revoked) = self.revoked(issuer, &claims, token, names.as_ref()) {
            return Err(Refusal::Revoked(revoked));
        }
        fresh?;
        let ends_at = policy.ends_at(&claims);
        let identity = Identity::new(claims, name, policy.default_scopes());
        let verified = VerifiedToken {
            token: token.into(),
            issuer,
            identity: identity.clone(),
            names,
            verified_at: now,
            ends_at,
            key_generation: held.generation,
            held_against,
        };
        self.verified.insert(verified, now);
        Ok(identity)
    }

    /// For requests without any `Authorization` header.
    async fn decide_by_cookie(&self, request: &Parts, now: Timestamp) -> Result<Identity, Refusal> {
        let accepted = self.cookies.as_ref().ok_or(Refusal::NoCredential)?;
        let cookies = accepted.in_request(request).ok_or(Refusal::NoCredential)?;
        let session = accepted.session(cookies, request, now).await?;
        let trusted = &self.issuers[0];
        let Trusted { policy, name, feed, .. } = trusted;
        let fresh = trusted.fresh().await;
        let local = self.revocations.find_session(name, &session);
        if let Some(revoked) = local.or_else(|| feed.as_ref()?.find_session(&session)) {
            return Err(Refusal::RevokedSession(revoked));
        }
        fresh?;
        Ok(Identity::of_session(session, name, policy.default_scopes()))
    }

    /// The verdict about a token that was verified before, if it still stands.
    async fn remembered(&self, token: &str, now: Timestamp) -> Result<Option<Identity>, Refusal> {
        let Some(verified) = self.verified.get(token) else { return Ok(None) };
        let issuer = &self.issuers[verified.issuer];
        let held = issuer.keys.current(now).await?;
        if !verified.holds(held.generation, now) {
            return Ok(None);
        }
        let fresh = issuer.fresh().await;
        if let Some(revoked) = self.revoked_since(&verified) {
            return Err(Refusal::Revoked(revoked));
        }
        fresh?;
        self.counters.cache_hit();
        Ok(Some(verified.identity.clone()))
    }

    /// The index of the entry that a token has to be held against. With one issuer there is nothing to
    /// choose, and nothing of the token is read; with several its `iss` is believed just so far as to
    /// choose, and checked with the rest.
    fn issuer_of(&self, token: &str) -> Result<usize, TokenError> {
        if self.issuers.len() == 1 {
            return Ok(0);
        }
        let read = dangerous::read_without_verifying(token)?;
        let named = read.claims.get("iss").and_then(Value::as_str);
        let mut issuers = self.issuers.iter();
        let found = issuers.position(|trusted| Some(&*trusted.name) == named);
        found.ok_or(TokenError::Mismatch { claim: "iss" })
    }
}
