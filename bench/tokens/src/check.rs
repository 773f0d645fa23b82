//! What a guard with a full table of revocations costs: memory, and time for each decision.
//!
//! A guard asks about a token that it remembers again when the issuer took something back since its last
//! decision about it: so the turn after the feed brought something, a few entries or many, is compared with
//! the one before. A token that no guard remembers is looked up among all: a guard that remembers none is
//! compared with another that follows no feed.

use std::{
    fs,
    ops::{RangeFrom, RangeInclusive},
    time::{Duration, Instant},
};

use countersign::{Guard, KeySource, Policy, RevocationFeed};
use countersign_jwt::{Algorithm, Clock, SigningKey, SystemClock};
use http::{Request, header::AUTHORIZATION, request::Parts};
use serde_json::{Value, json};

use crate::Failure;

/// Whom the feed speaks for.
const ISSUER: &str = "https://auth.example.com";

/// So many tokens take turns: what the taking in of news displaces from the caches is paid once for all of
/// them.
const TOKENS: usize = 16_384;

/// The feed brought up to so many entries: a few.
const FEW: u64 = 10;

/// It brought so many entries: what comes within a minute or more.
const MANY: RangeInclusive<u64> = 500..=1000;

/// It brought so many that every token is looked up among all there are.
const ALL: RangeFrom<u64> = 5000..;

/// How often, and how long apart, it is looked whether a guard is ready.
const TRIES: u32 = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// `{"bytes", "ns": […], "few_ns": […], "many_ns": […], "all_ns": […], "first_ns": […]}`: memory of the entries,
/// and for each round the nanoseconds of a decision about a token that is known to be good, how many more it
/// takes after a few more entries, after many, and after so many that it is looked up among all, and how many
/// more a token takes that is not remembered than without a feed.
pub(crate) async fn run(
    feed: &str,
    entries: u64,
    secret: &str,
    rounds: usize,
) -> Result<Value, Failure> {
    let guard = || -> Result<_, Failure> {
        Ok(Guard::builder(Policy::new(ISSUER, ISSUER)?, KeySource::secret(secret)?))
    };
    let follows = || RevocationFeed::at(feed);
    let before = resident()?;
    let remembers = guard()?.revocation_feed(follows()?).cached_tokens(2 * TOKENS).build()?;
    holds(&remembers, entries).await?;
    let bytes = resident()?.saturating_sub(before);

    let key = SigningKey::from_secret(Algorithm::Hs256, secret.as_bytes())?;
    let requests = (0..TOKENS).map(|number| good(&key, number)).collect::<Result<Vec<_>, _>>()?;
    turn(&remembers, &requests).await?;
    let (mut known, [mut few, mut many, mut all]) = (Vec::new(), [const { Vec::new() }; 3]);
    while few.len() < rounds || many.len() < rounds || all.len() < rounds {
        let before = remembers.metrics().revocations_sequence;
        let plain = turn(&remembers, &requests).await?;
        // The task that follows the feed takes in what there is, now and only now.
        tokio::time::sleep(Duration::ZERO).await;
        let sequence = remembers.metrics().revocations_sequence;
        let news = sequence.zip(before).map_or(0, |(to, from)| to - from);
        let more = turn(&remembers, &requests).await? - plain;
        match news {
            0 => known.push(plain),
            news if news <= FEW => few.push(more),
            news if MANY.contains(&news) => many.push(more),
            news if ALL.contains(&news) => all.push(more),
            _ => {}
        }
    }

    let looks_up = guard()?.revocation_feed(follows()?).cached_tokens(0).build()?;
    holds(&looks_up, entries).await?;
    let without = guard()?.cached_tokens(0).build()?;
    let mut first = Vec::new();
    for round in 0..rounds {
        // What a guard has to do besides is done between two rounds.
        tokio::time::sleep(Duration::ZERO).await;
        let mut times = [0.0; 2];
        let mut order = [0, 1];
        order.rotate_left(round % 2);
        for which in order {
            times[which] = turn([&without, &looks_up][which], &requests).await?;
        }
        first.push(times[1] - times[0]);
    }
    Ok(json!({
        "bytes": bytes, "ns": known, "few_ns": few, "many_ns": many, "all_ns": all, "first_ns": first,
    }))
}

/// Waits until a guard holds so many entries.
async fn holds(guard: &Guard, entries: u64) -> Result<(), Failure> {
    for _ in 0..TRIES {
        let is_ready = guard.ready().await.is_ok();
        let held = guard.metrics().revocations_sequence;
        if is_ready && held.is_some_and(|held| held >= entries) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(format!("the guard does not hold {entries} entries").into())
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
