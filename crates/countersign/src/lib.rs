//! The guard: turns bearer tokens, and session cookies where they are asked for, into verified users in
//! front of a service's routes.
//!
//! Tokens come from `countersign serve` or from an unmodified Better Auth server with its `jwt` plugin.
//! They are verified here, without calling the issuer: signature, algorithm, key, type, issuer,
//! audience, time and subject ([`countersign_jwt`] says how strictly).
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::get};
//! use countersign::{Guard, KeySource, Policy, axum::Owner};
//!
//! async fn tasks(owner: Owner) -> String {
//!     format!("the tasks of {}", owner.subject())
//! }
//!
//! let guard = Guard::new(
//!     Policy::new("http://localhost:3000", "http://localhost:3000")?, // issuer, audience
//!     KeySource::jwks_url("http://localhost:3000/api/auth/jwks")?,
//! )?;
//! let app: Router = Router::new().route("/api/{user_id}/tasks", get(tasks)).with_state(guard);
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # use tower::ServiceExt;
//! # let request = http::Request::get("/api/alice/tasks").body(axum::body::Body::empty())?;
//! # assert_eq!(app.oneshot(request).await?.status(), 401);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a caller sees
//!
//! Three different answers, each with its own meaning: 401 for an absent or bad credential, 403 for
//! the wrong user or scope, 503 when the token could not be checked. [`Refusal`] lists them.
//!
//! # Session cookies
//!
//! A route may also take the cookies of a Better Auth session, when it says so. Without that it takes
//! bearer tokens only. The module [`cookies`] says which cookies there are and when they count.
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Extension, Router, routing::get};
//! use countersign::{AcceptCookies, CookiePolicy, Guard, KeySource, Policy, Strategy, axum::User};
//!
//! async fn me(user: User) -> String {
//!     user.subject().to_owned()
//! }
//!
//! # let secret = "a-secret-for-examples-only-0123456789";
//! // BETTER_AUTH_SECRET, and the pages that may change something
//! let cookies = CookiePolicy::new(secret, ["http://localhost:3000"])?
//!     .session_data(Strategy::Compact); // as session.cookieCache.strategy says there
//! let guard = Guard::builder(
//!     Policy::new("http://localhost:3000", "http://localhost:3000")?.with_default_scopes("tasks:read"),
//!     KeySource::jwks_url("http://localhost:3000/api/auth/jwks")?,
//! )
//! .cookies(cookies)
//! .build()?;
//! let app: Router = Router::new()
//!     .route("/me", get(me))
//!     .route_layer(Extension(AcceptCookies)) // for the routes above, and not for those below
//!     .route("/api/me", get(me))
//!     .with_state(guard);
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # use tower::ServiceExt;
//! # for (path, code) in [("/me", "invalid_cookie"), ("/api/me", "authorization_missing")] {
//! #     let request = http::Request::get(path).header("cookie", "better-auth.session_data=forged");
//! #     let answer = app.clone().oneshot(request.body(axum::body::Body::empty())?).await?;
//! #     assert_eq!(answer.status(), 401);
//! #     let body = axum::body::to_bytes(answer.into_body(), 4096).await?;
//! #     assert!(String::from_utf8_lossy(&body).contains(code));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//!
//! | What | Limit |
//! |---|---|
//! | token | 8 KiB, 16 levels of JSON, lifetime 24 hours, leeway 30 seconds |
//! | `session_data` | 64 KiB in at most 100 chunks, lifetime as for tokens |
//! | published key set | 256 KiB, 100 keys, 3 seconds, status 200, no redirects, https (http on this machine) |
//! | fetches for forged tokens | one at a time, one per 30 seconds; as many for tokens of withdrawn keys |
//! | lifetime of published keys | what the issuer says (`max-age`), from 30 seconds to 10 minutes; refreshed after half to three quarters of it |
//! | use of known keys while the issuer is away | 24 hours, then 503 |
//! | answer of a revocation feed | 1 MiB, 10,000 entries, 3 seconds beyond its wait |
//! | staleness of a revocation feed | 10 seconds, then 503 |
//! | answer about a token that counts once in all processes | 4 KiB, 1 second, then 503 |
//!
//! # Features
//!
//! `axum`: extractors and routes, in the module `axum`. `tower`: a layer, in the module `tower`.

mod access;
pub mod audit;
#[cfg(feature = "axum")]
pub mod axum;
mod builder;
mod calls;
pub mod cookies;
mod credential;
mod feed;
mod guard;
mod held_against;
mod identity;
mod keys;
mod metrics;
mod policy;
mod process;
mod reference;
mod refusal;
mod refused;
mod replay;
pub mod revocation;
mod said_in_full;
mod token_cache;
#[cfg(feature = "tower")]
pub mod tower;

pub use countersign_cookies::{CookieError, SecretError, Strategy};
pub use countersign_jwt::{
    Algorithm, Claims, Clock, KeyError, KeySet, SystemClock, TokenError, TokenHash,
};

pub use crate::{
    access::Access,
    audit::AuditSink,
    builder::{BuildError, GuardBuilder},
    cookies::{AcceptCookies, CookiePolicy, CookiePolicyError},
    feed::{FeedError, FeedStatus, RevocationFeed, WhenStale},
    guard::Guard,
    identity::{Identity, Role, Scope},
    keys::{IssuerStatus, KeySource, PublishedKeys, SourceError},
    metrics::Metrics,
    policy::{Policy, PolicyError},
    process::forked,
    reference::Reference,
    refusal::Refusal,
    refused::Refused,
    replay::{DEFAULT_SPENT_TOKENS, SharedSpentTokens, SharedSpentTokensError},
    revocation::Revocations,
    token_cache::DEFAULT_CACHED_TOKENS,
};

/// The examples of the README are compiled like those above.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// So are those of the guide.
#[cfg(all(doctest, feature = "axum", feature = "tower"))]
#[doc = include_str!("../../../docs/protect-axum.md")]
struct ProtectAxum;
