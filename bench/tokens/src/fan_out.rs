//! Guards that follow one server, and how long it takes until every one of them has said that it refuses
//! what was just taken back.

use std::time::Instant;

use countersign::{Guard, KeySource, Policy, RevocationFeed};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::{Failure, server::Server};

/// What the server knows these guards by.
const NAME: &str = "bench";
const SECRET: &str = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";

/// `{"guards","p50_ms","p99_ms"}`.
pub(crate) async fn run(origin: &str, guards: usize, times: usize) -> Result<Value, Failure> {
    let server = Server::at(origin)?;
    let follow = async |number| -> Result<Guard, Failure> {
        let feed = RevocationFeed::at(&server.url("/revocations"))?;
        let feed = feed.registered(format!("guard-{number}"), NAME, SECRET)?;
        let keys = KeySource::jwks_url(&server.url("/jwks"))?;
        let guard =
            Guard::builder(Policy::new(origin, origin)?, keys).revocation_feed(feed).build()?;
        guard.ready().await.map_err(|_refusal| "a guard does not become ready")?;
        Ok(guard)
    };
    let following: Vec<Guard> = try_join_all((0..guards).map(follow)).await?;
    let mut seen = Vec::new();
    for number in 0..times {
        let body = json!({ "kind": "s", "name": format!("session-{number}") });
        let asked = now();
        let told = server.post_as((NAME, SECRET), "/revocations?wait=all", &body).await?;
        seen.push(asked.elapsed().as_secs_f64() * 1e3);
        let confirmed = told["confirmed"].as_array().map_or(0, Vec::len);
        if confirmed != guards {
            return Err(format!("{confirmed} of {guards} guards have confirmed").into());
        }
    }
    drop(following);
    seen.sort_by(f64::total_cmp);
    let at = |part: usize| seen.get(seen.len() * part / 100).copied().unwrap_or_default();
    Ok(json!({ "guards": guards, "p50_ms": at(50), "p99_ms": at(99) }))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads a watch")]
fn now() -> Instant {
    Instant::now()
}
