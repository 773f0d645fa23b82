//! What Redis knows of spent tokens: who spent them, as the database said.
//!
//! A mark that is not there says nothing. So Redis may be emptied, drop what it likes, or be away: nothing is
//! decided otherwise, and a look at it takes no longer than `PATIENCE`.

use std::time::Duration;

use tokio::time::timeout;

use super::{name::Name, spending::Spending};
use crate::Auth;

/// How long a decision waits for Redis before the database is asked.
const PATIENCE: Duration = Duration::from_millis(200);

/// The attempt that spent this name, where Redis knows it.
pub(super) async fn spender(auth: &Auth, name: &Name) -> Option<String> {
    match timeout(PATIENCE, auth.redis()?.get(&key(name))).await {
        Ok(Ok(known)) => known,
        Ok(Err(error)) => {
            tracing::debug!(%error, "the database alone knows spent tokens");
            None
        }
        Err(_elapsed) => {
            tracing::debug!("Redis takes too long; the database alone knows spent tokens");
            None
        }
    }
}

/// Remembers who spent it, until it is over. Nobody waits for that, and nothing follows from its failure.
pub(super) fn mark(auth: &Auth, spending: &Spending, spender: String) {
    let Some(redis) = auth.redis().cloned() else { return };
    let key = key(&spending.name);
    let seconds = spending.until.as_second() - auth.now().as_second();
    tokio::spawn(async move {
        if let Err(error) = redis.set_new(&key, &spender, seconds).await {
            tracing::debug!(%error, "Redis does not know of a spent token");
        }
    });
}

fn key(name: &Name) -> String {
    format!("spent-token:{}", name.as_str())
}
