//! What a guard with a full table of revocations costs: memory, and time for each decision.
//!
//! The tokens were all verified before. A guard looks a remembered token up again when something was taken
//! back since its last decision about it; so before each turn one more token is taken back, and the same is
//! timed without.

use std::{fs, time::Instant};

use countersign::{Guard, KeySource, Policy, RevocationFeed, Revocations};
use countersign_jwt::{Algorithm, Clock, SigningKey, SystemClock};
use http::{Request, header::AUTHORIZATION, request::Parts};
use serde_json::{Value, json};

use crate::Failure;

/// Whom the feed speaks for.
const ISSUER: &str = "https://auth.example.com";

/// So many tokens take turns.
const TOKENS: usize = 4096;

/// `{"bytes", "ns": […], "look_up_ns": […]}`: memory of the entries, and for each round the nanoseconds of a decision
/// about a token that is known to be good, and how many more it takes to look it up again.
pub(crate) async fn run(
    feed: &str,
    entries: u64,
    secret: &str,
    rounds: usize,
) -> Result<Value, Failure> {
    let revocations = Revocations::default();
    let before = resident()?;
    let guard = Guard::builder(Policy::new(ISSUER, ISSUER)?, KeySource::secret(secret)?)
        .revocation_feed(RevocationFeed::at(feed)?)
        .revocations(revocations.clone())
        .cached_tokens(2 * TOKENS)
        .build()?;
    guard.ready().await.map_err(|_refusal| "the guard does not become ready")?;
    let held = guard.metrics().revocations_sequence;
    if held != Some(entries) {
        return Err(format!("the guard holds {held:?} entries").into());
    }
    let bytes = resident()?.saturating_sub(before);

    let key = SigningKey::from_secret(Algorithm::Hs256, secret.as_bytes())?;
    let requests = (0..TOKENS).map(|number| good(&key, number)).collect::<Result<Vec<_>, _>>()?;
    let (mut known, mut look_up) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let plain = turn(&guard, &requests).await?;
        revocations.revoke_token(ISSUER, &format!("other-{round}"), SystemClock.now());
        let again = turn(&guard, &requests).await?;
        // The first round verifies.
        if round > 0 {
            known.push(plain);
            look_up.push(again - plain);
        }
    }
    Ok(json!({ "bytes": bytes, "ns": known, "look_up_ns": look_up }))
}

/// Nanoseconds of one decision, all tokens once.
async fn turn(guard: &Guard, requests: &[Parts]) -> Result<f64, Failure> {
    let (started, mut admitted) = (now(), 0);
    for request in requests {
        admitted += usize::from(guard.admit(request).await.is_ok());
    }
    let nanoseconds = started.elapsed().as_secs_f64() * 1e9;
    if admitted != requests.len() {
        return Err(format!("{admitted} of {} good tokens are admitted", requests.len()).into());
    }
    Ok(nanoseconds / f64::from(u32::try_from(requests.len())?))
}

fn good(key: &SigningKey, number: usize) -> Result<Parts, Failure> {
    let now = SystemClock.now().as_second();
    let claims = json!({
        "iss": ISSUER, "aud": ISSUER, "sub": format!("user-{number}"), "sid": format!("session-{number}"),
        "jti": format!("good-{number}"), "iat": now, "exp": now + 900,
    });
    let token = format!("Bearer {}", key.sign(&claims)?);
    Ok(Request::get("/api/tasks").header(AUTHORIZATION, token).body(())?.into_parts().0)
}

/// Bytes of memory that this process has in use, as the kernel counts them.
fn resident() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).ok_or("no such field")?;
    Ok(kib.parse::<u64>()? * 1024)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads a watch")]
fn now() -> Instant {
    Instant::now()
}
