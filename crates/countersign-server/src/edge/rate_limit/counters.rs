//! Where counts are: in this process, in Redis, or in the table `rateLimit`. The keys are the same.

use countersign_kv::{Decision, Redis, Windows};
use countersign_store::{Database, rate_limits};
use jiff::SignedDuration;

use crate::{
    Auth,
    settings::{Limit, LimitStorage},
    wire::ApiError,
};

/// Counters are kept for so many clients and paths; beyond, the oldest are forgotten.
const CAPACITY: usize = 100_000;

pub(super) enum Counters {
    Memory(Windows),
    /// Counts from the first request on for a window, refused ones too, as Better Auth does there.
    Redis(Redis),
    Database {
        database: Database,
        /// Rows that are older than the longest window go.
        longest: SignedDuration,
    },
}

impl Counters {
    pub(super) fn new(
        storage: LimitStorage,
        database: &Database,
        redis: Option<&Redis>,
        longest: SignedDuration,
    ) -> Self {
        match (storage, redis) {
            (LimitStorage::Redis, Some(redis)) => Self::Redis(redis.clone()),
            (LimitStorage::Database, _) => Self::Database { database: database.clone(), longest },
            _ => Self::Memory(Windows::new(CAPACITY)),
        }
    }

    /// In this process, for those who ask all the time.
    pub(super) fn of_steady_callers() -> Self {
        Self::Memory(Windows::from_first(CAPACITY))
    }

    /// Counts one more, unless it is too many.
    pub(super) async fn take(
        &self,
        auth: &Auth,
        key: &str,
        Limit { most, window }: Limit,
    ) -> Result<Decision, ApiError> {
        let now = auth.now();
        match self {
            Self::Memory(windows) => Ok(windows.take(key, window, most, now)),
            Self::Redis(redis) => {
                let count = redis.increment(key, window.as_secs()).await?;
                let is_allowed = count <= u64::from(most);
                let refused = Decision::Refused { until: now + window };
                Ok(if is_allowed { Decision::Allowed } else { refused })
            }
            Self::Database { database, longest } => {
                let id = auth.new_id("rateLimit");
                let rule = rate_limits::Rule { most, window, longest: *longest };
                let until = rate_limits::take(database, &id, key, rule, now).await?;
                Ok(until.map_or(Decision::Allowed, |until| Decision::Refused { until }))
            }
        }
    }

    /// Begins anew for this key.
    pub(super) async fn forget(&self, key: &str) -> Result<(), ApiError> {
        match self {
            Self::Memory(windows) => windows.forget(key),
            Self::Redis(redis) => {
                redis.delete(&[key]).await?;
            }
            Self::Database { database, .. } => {
                database.execute(&rate_limits::forget(key)).await?;
            }
        }
        Ok(())
    }
}
