//! How a guard is put together.

use std::sync::Arc;

use countersign_jwt::{Clock, SystemClock};
use jiff::SignedDuration;

use crate::{
    audit::{AuditSink, TracingSink},
    cookies::{CookiePolicy, CookiePolicyError},
    feed::{Feed, FeedError, RevocationFeed},
    guard::{Guard, Inner, Trusted},
    keys::{KeySource, Keys, SourceError},
    metrics::Counters,
    policy::Policy,
    replay::{DEFAULT_SPENT_TOKENS, Replays, SharedSpentTokens, SharedSpentTokensError},
    revocation::Revocations,
    token_cache::{DEFAULT_CACHED_TOKENS, TokenCache},
};

/// Puts a guard together: [`Guard::builder`] names the first issuer, [`build`](Self::build) makes it.
pub struct GuardBuilder {
    issuers: Vec<(Policy, KeySource, Option<RevocationFeed>)>,
    clock: Arc<dyn Clock>,
    audit: Arc<dyn AuditSink>,
    revocations: Revocations,
    cached_tokens: usize,
    spent_tokens: usize,
    spent_tokens_shared: Option<SharedSpentTokens>,
    cookies: Option<CookiePolicy>,
}

/// Why a guard cannot be made.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Two entries have the same issuer: which keys are meant would be a guess.
    #[error("the issuer {issuer} is given twice")]
    IssuerTwice {
        /// The issuer.
        issuer: String,
    },
    /// Revocations would be forgotten while a token they refuse is still valid.
    #[error(
        "revocations are kept for {kept:#}, but tokens of {issuer} may live {lives:#}; \
         make them with Revocations::kept_for"
    )]
    ForgetsTooSoon {
        /// The issuer.
        issuer: String,
        /// For how long they are kept.
        kept: SignedDuration,
        /// The longest lifetime and the leeway.
        lives: SignedDuration,
    },
    /// A source of keys cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Cookies cannot be accepted like this.
    #[error(transparent)]
    Cookies(#[from] CookiePolicyError),
    /// A revocation feed cannot be followed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// Spent tokens cannot be shared.
    #[error(transparent)]
    SpentTokens(#[from] SharedSpentTokensError),
}

impl BuildError {
    /// A stable word for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IssuerTwice { .. } => "issuer_twice",
            Self::ForgetsTooSoon { .. } => "forgets_too_soon",
            Self::Source(error) => error.code(),
            Self::Cookies(error) => error.code(),
            Self::Feed(error) => error.code(),
            Self::SpentTokens(error) => error.code(),
        }
    }
}

impl GuardBuilder {
    pub(crate) fn new(policy: Policy, keys: KeySource) -> Self {
        Self {
            issuers: vec![(policy, keys, None)],
            clock: Arc::new(SystemClock),
            audit: Arc::new(TracingSink),
            revocations: Revocations::default(),
            cached_tokens: DEFAULT_CACHED_TOKENS,
            spent_tokens: DEFAULT_SPENT_TOKENS,
            spent_tokens_shared: None,
            cookies: None,
        }
    }

    /// Takes tokens of another issuer, too, such as a Countersign server and a Better Auth server side by
    /// side. A token's claim `iss` chooses the entry, and only the keys of that entry verify it: an issuer
    /// cannot speak for another one.
    #[must_use]
    pub fn issuer(mut self, policy: Policy, keys: KeySource) -> Self {
        self.issuers.push((policy, keys, None));
        self
    }

    /// Follows the revocation feed of the issuer that was named last. The first request or readiness probe
    /// begins with it, inside a runtime of tokio with network and time.
    #[must_use]
    pub fn revocation_feed(mut self, feed: RevocationFeed) -> Self {
        if let Some((_, _, followed)) = self.issuers.last_mut() {
            *followed = Some(feed);
        }
        self
    }

    /// Another clock than the system's, as tests use.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where audit events go; without this call through `tracing`.
    #[must_use]
    pub fn audit(mut self, sink: Arc<dyn AuditSink>) -> Self {
        self.audit = sink;
        self
    }

    /// What was revoked. The caller keeps a clone and revokes with it, beside what feeds say.
    #[must_use]
    pub fn revocations(mut self, revocations: Revocations) -> Self {
        self.revocations = revocations;
        self
    }

    /// How many verified tokens are remembered, [`DEFAULT_CACHED_TOKENS`] unless set; none with zero. An
    /// entry takes about three times the size of its token.
    #[must_use]
    pub fn cached_tokens(mut self, tokens: usize) -> Self {
        self.cached_tokens = tokens;
        self
    }

    /// How many spent tokens are remembered on routes that take a token once, [`DEFAULT_SPENT_TOKENS`]
    /// unless set. Beyond it those routes answer 503, unless spent tokens are
    /// [shared](Self::spent_tokens_shared).
    #[must_use]
    pub fn spent_tokens(mut self, tokens: usize) -> Self {
        self.spent_tokens = tokens;
        self
    }

    /// Has a token that counts once count once in all processes that share their spent tokens there, and after a
    /// restart. A token that this process has not seen is asked for, for a second unless set otherwise; without
    /// a clear answer the request is refused with 503. Routes that do not ask for it ask nobody. Asking needs a runtime
    /// of tokio with network and time.
    #[must_use]
    pub fn spent_tokens_shared(mut self, shared: SharedSpentTokens) -> Self {
        self.spent_tokens_shared = Some(shared);
        self
    }

    /// Session cookies of the first issuer are credentials, too, for requests that carry
    /// [`AcceptCookies`](crate::cookies::AcceptCookies) and no `Authorization` header.
    #[must_use]
    pub fn cookies(mut self, policy: CookiePolicy) -> Self {
        self.cookies = Some(policy);
        self
    }

    /// The guard. Nothing is fetched yet.
    pub fn build(self) -> Result<Guard, BuildError> {
        let mut issuers: Vec<Trusted> = Vec::new();
        for (policy, keys, feed) in self.issuers {
            let verifier = policy.verifier();
            let issuer = verifier.issuer();
            if issuers.iter().any(|other| other.policy.verifier().issuer() == issuer) {
                return Err(BuildError::IssuerTwice { issuer: issuer.to_owned() });
            }
            let (kept, lives) =
                (self.revocations.kept(), verifier.max_lifetime() + verifier.leeway());
            if kept < lives {
                return Err(BuildError::ForgetsTooSoon { issuer: issuer.to_owned(), kept, lives });
            }
            let name = Arc::from(issuer);
            let keys = Arc::new(Keys::open(keys)?);
            let feed = feed.map(|feed| Feed::open(feed, &name, &keys, &self.clock)).transpose()?;
            issuers.push(Trusted { policy, name, keys, feed });
        }
        let cookies = match self.cookies {
            None => None,
            Some(cookies) => Some(cookies.open(&issuers[0].policy)?),
        };
        Ok(Guard::of(Inner {
            issuers,
            cookies,
            clock: self.clock,
            audit: self.audit,
            revocations: self.revocations,
            verified: TokenCache::with_room_for(self.cached_tokens),
            replays: Replays::open(self.spent_tokens, self.spent_tokens_shared)?,
            counters: Counters::default(),
        }))
    }
}
