//! What a guard with a full table of revocations costs: memory, and time for each decision.
//!
//! The tokens were all verified before. A guard asks about a remembered token again when the issuer took
//! something back since its last decision about it: so the turn after the feed brought something is compared
//! with the one before. A few entries are held against the token, after many it is looked up among all.

use std::{
    fs,
    time::{Duration, Instant},
};

use countersign::{Guard, KeySource, Policy, RevocationFeed};
use countersign_jwt::{Algorithm, Clock, SigningKey, SystemClock};
use http::{Request, header::AUTHORIZATION, request::Parts};
use serde_json::{Value, json};

use crate::Failure;

/// Whom the feed speaks for.
const ISSUER: &str = "https://auth.example.com";

/// So many tokens take turns.
const TOKENS: usize = 4096;

/// The feed brought up to so many entries: a few.
const FEW: u64 = 10;

/// It brought more than a guard holds against a token one by one.
const MANY: u64 = 100;

/// `{"bytes", "ns": […], "few_ns": […], "all_ns": […]}`: memory of the entries, and for each round the nanoseconds of a
/// decision about a token that is known to be good, and how many more it takes after a few more entries, and
/// after many.
pub(crate) async fn run(
    feed: &str,
    entries: u64,
    secret: &str,
    rounds: usize,
) -> Result<Value, Failure> {
    let before = resident()?;
    let guard = Guard::builder(Policy::new(ISSUER, ISSUER)?, KeySource::secret(secret)?)
        .revocation_feed(RevocationFeed::at(feed)?)
        .cached_tokens(2 * TOKENS)
        .build()?;
    guard.ready().await.map_err(|_refusal| "the guard does not become ready")?;
    let held = guard.metrics().revocations_sequence;
    if held.is_none_or(|held| held < entries) {
        return Err(format!("the guard holds {held:?} entries").into());
    }
    let bytes = resident()?.saturating_sub(before);

    let key = SigningKey::from_secret(Algorithm::Hs256, secret.as_bytes())?;
    let requests = (0..TOKENS).map(|number| good(&key, number)).collect::<Result<Vec<_>, _>>()?;
    turn(&guard, &requests).await?;
    let (mut known, mut few, mut all) = (Vec::new(), Vec::new(), Vec::new());
    while few.len() < rounds || all.len() < rounds {
        let before = guard.metrics().revocations_sequence;
        let plain = turn(&guard, &requests).await?;
        // The task that follows the feed takes in what there is, now and only now.
        tokio::time::sleep(Duration::ZERO).await;
        let news =
            guard.metrics().revocations_sequence.zip(before).map_or(0, |(to, from)| to - from);
        let more = turn(&guard, &requests).await? - plain;
        match news {
            1..=FEW => few.push(more),
            MANY.. => all.push(more),
            _ => known.push(plain),
        }
    }
    Ok(json!({ "bytes": bytes, "ns": known, "few_ns": few, "all_ns": all }))
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
