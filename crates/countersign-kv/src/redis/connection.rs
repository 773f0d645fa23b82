//! One connection for all calls, made anew when it is lost.
//!
//! A connection that ends is replaced by the library. One whose other end is gone without a word (a
//! machine that lost its power, a firewall that forgot) does not end for a quarter of an hour: so after a call
//! that was not answered in time the next ones go over a new one. Calls that wait on the old one may still be
//! answered there.

use std::{
    io::{self, ErrorKind::TimedOut},
    sync::Arc,
    time::Duration,
};

use ::redis::{
    Client, RedisError as RedisFailure, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use arc_swap::ArcSwap;
use tokio::time::timeout;

use super::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, RedisError};

/// Clones share it.
#[derive(Clone)]
pub(super) struct Connection {
    client: Arc<Client>,
    current: Arc<ArcSwap<ConnectionManager>>,
}

impl Connection {
    /// Connects with the first call.
    pub(super) fn new(client: Arc<Client>) -> Result<Self, RedisError> {
        let current = Arc::new(ArcSwap::from_pointee(manager(&client)?));
        Ok(Self { client, current })
    }

    /// The answer of a call, which takes no longer than this with everything that belongs to it.
    pub(super) async fn ask<T>(
        &self,
        within: Duration,
        call: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, RedisError> {
        let used = self.current.load_full();
        let answer = timeout(within, call((*used).clone())).await;
        let answer = answer.unwrap_or_else(|_elapsed| Err(io::Error::from(TimedOut).into()));
        if answer.as_ref().is_err_and(RedisFailure::is_timeout) {
            self.replace(&used)?;
        }
        Ok(answer?)
    }

    /// Of many that were not answered one makes the new connection.
    fn replace(&self, used: &Arc<ConnectionManager>) -> Result<(), RedisError> {
        if Arc::ptr_eq(&self.current.load(), used) {
            let fresh = Arc::new(manager(&self.client)?);
            self.current.compare_and_swap(used, fresh);
        }
        Ok(())
    }
}

fn manager(client: &Client) -> Result<ConnectionManager, RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(ANSWER_TIMEOUT))
        .set_number_of_retries(1)
        .set_max_delay(Duration::from_millis(100));
    Ok(ConnectionManager::new_lazy_with_config(client.clone(), config)?)
}
