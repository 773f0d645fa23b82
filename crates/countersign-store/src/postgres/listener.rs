//! A connection that only listens: PostgreSQL tells it when a transaction that notified its channel is
//! committed.

use std::time::Duration;

use sqlx::{
    Executor as _,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::time::timeout;

use super::Postgres;
use crate::{StoreError, network};

/// A connection that has said nothing for so long is asked whether it still answers.
const QUIET: Duration = Duration::from_secs(30);

/// What `pg_stat_activity` calls such a connection.
const NAME: &str = "countersign wake-ups";

/// Hears what is [notified](crate::Transaction::notify) on one channel, on a connection of its own.
pub struct Listener {
    options: PgConnectOptions,
    patience: Duration,
    channel: &'static str,
    /// `None` before the first call and after the connection was lost.
    connected: Option<PgListener>,
}

impl Listener {
    pub(crate) fn new(driver: &Postgres, patience: Duration, channel: &'static str) -> Self {
        let options = driver.options.clone().application_name(NAME);
        Self { options, patience, channel, connected: None }
    }

    /// Returns with the next notification, and once whenever it has begun to listen: what was notified
    /// before that, nobody heard. An error says that it does not listen any more; the next call begins
    /// anew, and the caller says when.
    pub async fn heard(&mut self) -> Result<(), StoreError> {
        let Some(mut listener) = self.connected.take() else {
            self.connected = Some(self.connect().await?);
            return Ok(());
        };
        loop {
            match timeout(QUIET, listener.try_recv()).await {
                Ok(Ok(Some(_notification))) => break,
                Ok(Ok(None)) => return Err(StoreError::Unavailable("it hung up".to_owned())),
                Ok(Err(error)) => return Err(network::sort::<Postgres>(&error)),
                Err(_quiet) => self.in_time(listener.execute("SELECT 1")).await.map(|_| ())?,
            }
        }
        self.connected = Some(listener);
        Ok(())
    }

    async fn connect(&self) -> Result<PgListener, StoreError> {
        // What hears is only to be had of sqlx's pool. This one has one connection, and makes no second one.
        let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.connect_lazy_with(self.options.clone());
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.eager_reconnect(false);
            listener.listen(self.channel).await?;
            Ok(listener)
        };
        self.in_time(listening).await
    }

    async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        match timeout(self.patience, call).await {
            Ok(answer) => answer.map_err(|error| network::sort::<Postgres>(&error)),
            Err(_elapsed) => Err(StoreError::Unavailable("it did not answer in time".to_owned())),
        }
    }
}
