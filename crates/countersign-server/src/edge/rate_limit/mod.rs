//! How often a client may ask for a path, with Better Auth's numbers and its answer.
//!
//! | Path | Window | Requests |
//! |---|---|---|
//! | `/sign-in…`, `/sign-up…`, `/change-password…`, `/change-email…` | 10 s | 3 |
//! | those that send mail to an address | 60 s | 3 |
//! | `/revocations`: guards ask all the time, several at one address | 1 s | 100 |
//! | all others, unknown ones too | 10 s | 100 |
//!
//! Services that show their credential (`resource_servers.credentials`) are not counted. Rules of the settings come
//! first. The key is the client's address and the path; methods share. Clients
//! whose address is not known share one. A sign-in by another path ([`count_sign_in`]) counts as one by
//! `/sign-in/email`. Refused requests do not lengthen the wait. Where requests cannot
//! be counted, they are refused: 503. What services need to go on while a store is away, the public keys and
//! `/revocations`, each server counts by itself, in memory, in windows that begin with their first request.

mod account;
mod counters;

use countersign_kv::{Decision, Redis};
use countersign_store::Database;
use http::{HeaderMap, request::Parts};
use jiff::SignedDuration;

use self::counters::Counters;
use super::{Client, client::address_of, glob};
use crate::{
    Auth,
    settings::{Limit, RateLimitSettings},
    wire::ApiError,
};

pub(crate) use self::account::Attempt;

/// Paths count by their first characters: every endpoint is shorter, and one that is made up to
/// fill the memory is cut.
const PATH_LENGTH: usize = 64;

const SIGNS_IN: Limit = Limit { most: 3, window: SignedDuration::from_secs(10) };
const FOLLOWS: SignedDuration = SignedDuration::from_secs(1);
const SENDS_MAIL: Limit = Limit { most: 3, window: SignedDuration::from_secs(60) };

const REVOCATIONS: &str = "/revocations";

const SIGNING_IN: [&str; 4] = ["/sign-in", "/sign-up", "/change-password", "/change-email"];
const SENDING_MAIL: [&str; 4] = [
    "/request-password-reset",
    "/send-verification-email",
    "/email-otp/send-verification-otp",
    "/email-otp/request-password-reset",
];

/// Counts requests, and sign-ins that fail.
pub(crate) struct RateLimiter {
    requests: Counters,
    /// What services read.
    reads: Counters,
    /// Apart: a flood of requests makes no room by forgetting what fails for accounts.
    accounts: Counters,
    settings: RateLimitSettings,
}

impl RateLimiter {
    pub(crate) fn new(
        settings: RateLimitSettings,
        database: &Database,
        redis: Option<&Redis>,
    ) -> Self {
        let own = settings.rules.iter().filter_map(|rule| rule.limit);
        let all = own.chain(settings.account).chain([settings.usual, SENDS_MAIL]);
        let longest = all.map(|limit| limit.window).max().unwrap_or_default();
        let counters = || Counters::new(settings.storage, database, redis, longest);
        let reads = Counters::of_steady_callers();
        Self { requests: counters(), reads, accounts: counters(), settings }
    }

    /// Counts a request, unless it is one too many.
    async fn count(&self, auth: &Auth, address: &str, path: &str) -> Result<(), ApiError> {
        let Some(limit) = self.limit_of(path) else { return Ok(()) };
        let client = if address.is_empty() { "no-trusted-ip" } else { address };
        let is_read = path == REVOCATIONS || path == auth.settings().token.jwks_path;
        let counters = if is_read { &self.reads } else { &self.requests };
        let path: String = path.chars().take(PATH_LENGTH).collect();
        match counters.take(auth, &format!("{client}|{path}"), limit).await? {
            Decision::Allowed => Ok(()),
            Decision::Refused { until } => {
                let wait = until.duration_since(auth.now()).as_millis();
                let seconds = wait.div_euclid(1000) + i128::from(wait.rem_euclid(1000) > 0);
                Err(ApiError::too_many_requests(i64::try_from(seconds).unwrap_or(i64::MAX)))
            }
        }
    }

    /// `None` where requests are not counted.
    fn limit_of(&self, path: &str) -> Option<Limit> {
        if let Some(rule) = self.settings.rules.iter().find(|rule| glob::matches(&rule.path, path))
        {
            return rule.limit;
        }
        if SIGNING_IN.iter().any(|prefix| path.starts_with(prefix)) {
            return Some(SIGNS_IN);
        }
        if SENDING_MAIL.contains(&path) || path.starts_with("/forget-password") {
            return Some(SENDS_MAIL);
        }
        if path == REVOCATIONS {
            return Some(Limit { window: FOLLOWS, ..self.settings.usual });
        }
        Some(self.settings.usual)
    }
}

/// Refuses the request when its client asked for this path too often.
pub(crate) async fn limit_rate(auth: &Auth, request: &Parts) -> Result<(), ApiError> {
    let Some(limiter) = auth.rate_limiter() else { return Ok(()) };
    if auth.settings().resource_servers.authenticate(&request.headers).is_some() {
        return Ok(());
    }
    let path = request.uri.path();
    let path = path.strip_prefix(auth.settings().base_url.path()).unwrap_or(path);
    limiter.count(auth, &address_of(request, auth), path).await
}

/// Counts a sign-in that comes by a path which has a higher limit, unless a service shows its credential.
pub(crate) async fn count_sign_in(
    auth: &Auth,
    client: &Client,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let is_known = auth.settings().resource_servers.authenticate(headers).is_some();
    match auth.rate_limiter().filter(|_| !is_known) {
        Some(limiter) => limiter.count(auth, &client.address, "/sign-in/email").await,
        None => Ok(()),
    }
}
