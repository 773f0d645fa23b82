//! Clients that refresh their tokens as fast as they get them, each its own family.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::{Failure, server::Server};

/// `{"count","seconds","p50_ms","p99_ms"}`.
pub(crate) async fn run(origin: &str, clients: usize, seconds: u64) -> Result<Value, Failure> {
    let server = Server::at(origin)?;
    let session = server.sign_up().await?;
    let begin = async |_client| {
        let begun = server.grant(Some(&session), &[("grant_type", "session")]).await?;
        refresh_token(&begun)
    };
    let first = try_join_all((0..clients).map(begin)).await?;
    let started = now();
    let until = started + Duration::from_secs(seconds);
    let each = first.into_iter().map(|token| refresh_on_and_on(&server, token, until));
    let mut times: Vec<f64> = try_join_all(each).await?.into_iter().flatten().collect();
    let seconds = started.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default() * 1e3;
    Ok(json!({ "count": times.len(), "seconds": seconds, "p50_ms": at(50), "p99_ms": at(99) }))
}

/// How long each took.
async fn refresh_on_and_on(
    server: &Server,
    mut token: String,
    until: Instant,
) -> Result<Vec<f64>, Failure> {
    let mut times = Vec::new();
    while now() < until {
        let asked = now();
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        let next = refresh_token(&server.grant(None, &parameters).await?)?;
        times.push(asked.elapsed().as_secs_f64());
        if next == token {
            return Err("a refresh gave the token that was shown".into());
        }
        token = next;
    }
    Ok(times)
}

fn refresh_token(granted: &Value) -> Result<String, Failure> {
    Ok(granted["refresh_token"].as_str().ok_or("no refresh token is given")?.to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads a watch")]
fn now() -> Instant {
    Instant::now()
}
