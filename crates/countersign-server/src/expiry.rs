//! Rows whose time is over are removed now and then, in the background.
//!
//! Nothing counts a row whose time is over; it is only in the way. Verifications go where they have rows.
//! Sessions go where they have rows and the settings do not keep them: where they are in Redis only there is
//! no table, and with `session.preserve_in_database` the table is a record of all there ever were. Spent tokens
//! go a day after their time, by a clock that does not jump: a row that is gone is a token that counts again.
//!
//! Several servers may do this to one database at once: each row goes once. A database that cannot
//! answer is asked again the next time.

use std::{sync::Arc, time::Duration};

use countersign_jwt::Clock;
use countersign_store::{
    Database, StoreError,
    expired::{self, Ending},
};
use tokio::task::JoinHandle;

use crate::{
    features::{Feature, SPENT_TOKENS},
    settings::{SessionRows, Settings},
    settled::Settled,
};

/// Removes rows whose time is over. Clones share the database.
#[derive(Clone)]
pub struct Expiry {
    database: Database,
    clock: Arc<dyn Clock>,
    tables: Vec<Ending>,
    settled: Arc<Settled>,
}

/// Rows whose time is over are removed until this is dropped.
#[must_use = "dropping it ends it"]
pub struct Purging(JoinHandle<()>);

impl Drop for Purging {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Expiry {
    pub(crate) fn new(
        settings: &Settings,
        features: &[Box<dyn Feature>],
        database: Database,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let mut tables = Vec::new();
        if settings.redis.as_ref().is_none_or(|redis| redis.verifications_in_database) {
            tables.push(Ending::Verifications);
        }
        let rows = settings.redis.as_ref().map_or(SessionRows::Live, |redis| redis.rows);
        if rows == SessionRows::Live {
            tables.push(Ending::Sessions);
        }
        if settings.refresh_tokens.is_some() {
            tables.extend([Ending::RefreshTokens, Ending::RefreshFamilies]);
        }
        if features.iter().any(|feature| feature.id() == SPENT_TOKENS) {
            tables.push(Ending::SpentTokens);
        }
        Self { database, clock, tables, settled: Arc::default() }
    }

    /// Purges now and each time this has passed, as a task of the runtime that this is called on.
    pub fn every(self, pause: Duration) -> Purging {
        Purging(tokio::spawn(async move {
            let mut was_told = false;
            loop {
                was_told = match self.purge().await {
                    Ok(removed) => {
                        if removed > 0 {
                            tracing::info!(removed, "rows whose time is over were removed");
                        }
                        false
                    }
                    // Whoever needs the database says that it is away.
                    Err(error) if error.is_unavailable() || was_told => was_told,
                    Err(error) => {
                        tracing::warn!(%error, "rows whose time is over cannot be removed");
                        true
                    }
                };
                tokio::time::sleep(pause).await;
            }
        }))
    }

    /// Removes what is over now; how many rows there were.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        let (now, settled) = (self.clock.now(), self.settled.over_before(&*self.clock));
        let mut removed = 0;
        for table in &self.tables {
            let before = if *table == Ending::SpentTokens { settled } else { now };
            removed += expired::purge(&self.database, *table, before).await?;
        }
        Ok(removed)
    }
}
