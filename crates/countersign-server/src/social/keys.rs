//! The keys that a provider signs ID tokens with, kept for five minutes.
//!
//! A token that names an unknown key has them fetched again, but not more often than every thirty seconds: forged
//! tokens must not make this server hammer the provider. One fetch at a time; after a failure, two seconds of rest.

use std::sync::Arc;

use countersign_jwt::KeySet;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use url::Url;

use super::calls::Calls;

const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
const REST: SignedDuration = SignedDuration::from_secs(2);

#[derive(Default)]
pub(super) struct Keys(Mutex<Held>);

#[derive(Default)]
struct Held {
    keys: Option<(Arc<KeySet>, Timestamp)>,
    asked_again_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
}

impl Keys {
    /// The keys, with the one of this name among them if the provider has it.
    pub(super) async fn with(
        &self,
        kid: Option<&str>,
        url: &Url,
        calls: &Calls,
        now: Timestamp,
    ) -> Option<Arc<KeySet>> {
        let mut held = self.0.lock().await;
        let known = held.keys.clone().filter(|(_, since)| now.duration_since(*since) < LIFETIME);
        if let Some((keys, _)) = &known {
            let has_it = kid.is_none_or(|kid| keys.has_kid(kid));
            if has_it || within(held.asked_again_at, PAUSE, now) {
                return Some(Arc::clone(keys));
            }
            held.asked_again_at = Some(now);
        } else if within(held.failed_at, REST, now) {
            return None;
        }
        match fetch(url, calls).await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                held.keys = Some((Arc::clone(&keys), now));
                held.failed_at = None;
                Some(keys)
            }
            Err(error) => {
                tracing::error!(
                    host = url.host_str(),
                    error,
                    "a provider's keys cannot be fetched"
                );
                held.failed_at = Some(now);
                known.map(|(keys, _)| keys)
            }
        }
    }
}

fn within(then: Option<Timestamp>, span: SignedDuration, now: Timestamp) -> bool {
    then.is_some_and(|then| now.duration_since(then) < span)
}

async fn fetch(
    url: &Url,
    calls: &Calls,
) -> Result<KeySet, Box<dyn std::error::Error + Send + Sync>> {
    Ok(KeySet::from_jwks_json(&calls.get(url).await?)?)
}
