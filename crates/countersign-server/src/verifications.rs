//! Where lies what somebody has to bring back once: the links of mails, and sign-ins on their way to a provider.
//!
//! | Settings | Table `verification` | Redis |
//! |---|---|---|
//! | no Redis | all | |
//! | Redis | none | all, as Better Auth's JSON under `verification:<identifier>`, until they are over |
//! | and `verification.store_in_database` | all | copies of a server on Node, which go with the row |
//!
//! So a server on Node beside this one finds ours, and this one its. What is spent goes in one step, of which one of
//! several callers learns that it was theirs: a row with the transaction of what it allows, what is in Redis just
//! before it. If the transaction fails then, it is spent all the same.

use countersign_kv::{Redis, RedisError};
use countersign_store::{
    Database, StoreError,
    sql::DeleteStatement,
    verifications::{self, Verification},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{settings::Settings, wire::ApiError};

/// Where verifications are.
#[derive(Clone)]
pub(crate) struct VerificationStore {
    database: Database,
    redis: Option<Redis>,
    in_database: bool,
}

/// Why nothing can be said of a verification.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerificationError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("it could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// What lies in Redis, in Better Auth's order.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
    value: String,
    identifier: String,
    expires_at: String,
}

impl VerificationStore {
    pub(crate) fn new(settings: &Settings, database: Database, redis: Option<Redis>) -> Self {
        let only_redis =
            settings.redis.as_ref().is_some_and(|redis| !redis.verifications_in_database);
        Self { database, redis, in_database: !only_redis }
    }

    /// What this identifier leads to, unless its time is over.
    pub(crate) async fn find_live(
        &self,
        identifier: &str,
        now: Timestamp,
    ) -> Result<Option<Verification>, VerificationError> {
        let Some(redis) = self.redis.as_ref().filter(|_| !self.in_database) else {
            return Ok(verifications::find_live(&self.database, identifier, now).await?);
        };
        let kept = redis.get(&key(identifier)).await?;
        let found = kept.and_then(|kept| read(&kept));
        Ok(found.filter(|found| found.expires_at >= now && found.identifier == identifier))
    }

    /// Adds one, and removes rows whose time is over.
    pub(crate) async fn insert(&self, new: &Verification) -> Result<(), VerificationError> {
        let now = new.created_at;
        if let Some(redis) = self.redis.as_ref().filter(|_| !self.in_database) {
            let seconds = new.expires_at.duration_since(now).as_secs();
            return Ok(redis.set(&key(&new.identifier), &written(new)?, seconds).await?);
        }
        let mut transaction = self.database.begin().await?;
        transaction.execute(&verifications::delete_expired(now)).await?;
        transaction.execute(&verifications::insert(new)).await?;
        Ok(transaction.commit().await?)
    }

    /// Spends what was found. `false`: somebody else did.
    pub(crate) async fn spend(&self, found: &Verification) -> Result<bool, VerificationError> {
        if !self.take_shared(found).await? {
            return Ok(false);
        }
        match self.row_spent(found) {
            Some(spend) => Ok(self.database.execute(&spend).await? > 0),
            None => Ok(true),
        }
    }

    /// The part of [`spend`](Self::spend) that is in Redis: before the transaction that spends the row.
    pub(crate) async fn take_shared(
        &self,
        found: &Verification,
    ) -> Result<bool, VerificationError> {
        let Some(redis) = &self.redis else { return Ok(true) };
        let was_there = redis.take(&key(&found.identifier)).await?.is_some();
        Ok(self.in_database || was_there)
    }

    /// What spends the row, where there is one, for a transaction: of several, one touches a row.
    pub(crate) fn row_spent(&self, found: &Verification) -> Option<DeleteStatement> {
        self.in_database.then(|| verifications::consume(found))
    }
}

impl From<VerificationError> for ApiError {
    fn from(error: VerificationError) -> Self {
        match error {
            VerificationError::Store(error) => error.into(),
            VerificationError::Redis(error) => error.into(),
            VerificationError::Json(error) => {
                Self::internal("a verification could not be written as JSON", &error)
            }
        }
    }
}

fn key(identifier: &str) -> String {
    format!("verification:{identifier}")
}

fn written(new: &Verification) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Kept {
        created_at: Some(format!("{:.3}", new.created_at)),
        updated_at: Some(format!("{:.3}", new.updated_at)),
        value: new.value.clone(),
        identifier: new.identifier.clone(),
        expires_at: format!("{:.3}", new.expires_at),
    })
}

/// One that Better Auth wrote may lack when it was made.
fn read(kept: &str) -> Option<Verification> {
    let kept: Kept = serde_json::from_str(kept).ok()?;
    let date = |text: Option<String>| text.and_then(|text| text.parse::<Timestamp>().ok());
    let created_at = date(kept.created_at).unwrap_or(Timestamp::UNIX_EPOCH);
    Some(Verification {
        id: String::new(),
        identifier: kept.identifier,
        value: kept.value,
        expires_at: kept.expires_at.parse().ok()?,
        created_at,
        updated_at: date(kept.updated_at).unwrap_or(created_at),
    })
}
