//! How often a client may ask for a path, with Better Auth's numbers and its answer.
//!
//! | Path | Window | Requests |
//! |---|---|---|
//! | `/sign-in…`, `/sign-up…`, `/change-password…`, `/change-email…` | 10 s | 3 |
//! | `/request-password-reset`, `/send-verification-email` | 60 s | 3 |
//! | all others, unknown ones too | 10 s | 100 |
//!
//! The key is the client's address and the path; methods share. Clients whose address is not
//! known share one. Refused requests do not lengthen the wait.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use countersign_kv::{Decision, Windows};
use jiff::{SignedDuration, Timestamp};

use super::Client;
use crate::{Auth, wire::ApiError};

/// Counters are kept for so many clients and paths; beyond, the oldest are forgotten.
const CAPACITY: usize = 100_000;

/// Paths count by their first characters: every endpoint is shorter, and one that is made up to
/// fill the memory is cut.
const PATH_LENGTH: usize = 64;

/// Counts requests in memory.
pub(crate) struct RateLimiter {
    windows: Windows,
}

struct Rule {
    window: SignedDuration,
    most: u32,
}

impl RateLimiter {
    pub(crate) fn new() -> Self {
        Self { windows: Windows::new(CAPACITY) }
    }

    fn take(&self, address: &str, path: &str, now: Timestamp) -> Decision {
        let rule = rule_of(path);
        let client = if address.is_empty() { "no-trusted-ip" } else { address };
        let path: String = path.chars().take(PATH_LENGTH).collect();
        self.windows.take(&format!("{client}|{path}"), rule.window, rule.most, now)
    }
}

/// Paths that try a password or an address.
const TRIES: [&str; 4] = ["/sign-in", "/sign-up", "/change-password", "/change-email"];

/// Paths that mail something to whatever address is typed in.
const MAILS: [&str; 2] = ["/request-password-reset", "/send-verification-email"];

fn rule_of(path: &str) -> Rule {
    let (seconds, most) = if TRIES.iter().any(|start| path.starts_with(start)) {
        (10, 3)
    } else if MAILS.contains(&path) {
        (60, 3)
    } else {
        (10, 100)
    };
    Rule { window: SignedDuration::from_secs(seconds), most }
}

/// Refuses the request when its client asked for this path too often.
pub(crate) async fn limit_rate(
    State(auth): State<Auth>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    if let Some(limiter) = auth.rate_limiter() {
        let path = request.uri().path();
        let path = path.strip_prefix(auth.settings().base_url.path()).unwrap_or(path);
        let now = auth.now();
        if let Decision::Refused { until } = limiter.take(&client.address, path, now) {
            let wait = until.duration_since(now).as_millis();
            let seconds = wait.div_euclid(1000) + i128::from(wait.rem_euclid(1000) > 0);
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            return ApiError::too_many_requests(seconds).into_response();
        }
    }
    next.run(request).await
}
