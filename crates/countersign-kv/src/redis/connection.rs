//! One connection for all calls, made anew when it is lost.
//!
//! A connection that ends is replaced by the library. One whose other end is gone without a word (a
//! machine that lost its power, a firewall that forgot) would not end for a quarter of an hour: the system
//! gives it up when what was sent is not acknowledged in time, and after a call that was not answered in
//! time another one is made. It takes the place of the old one once it is there; calls that wait may still
//! be answered on that.

use std::{
    io::{self, ErrorKind::TimedOut},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ::redis::{
    Client, RedisError as RedisFailure, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use arc_swap::ArcSwap;
use tokio::time::timeout;

use super::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, RedisError};

/// How long it may take until another connection is there.
const REPLACED_WITHIN: Duration = Duration::from_secs(3);

/// Clones share it.
#[derive(Clone)]
pub(super) struct Connection(Arc<Shared>);

struct Shared {
    client: Arc<Client>,
    current: ArcSwap<ConnectionManager>,
    /// Another one is being made.
    is_replaced: AtomicBool,
}

impl Connection {
    /// Connects with the first call.
    pub(super) fn new(client: Arc<Client>) -> Result<Self, RedisError> {
        let first = ConnectionManager::new_lazy_with_config((*client).clone(), config())?;
        let current = ArcSwap::from_pointee(first);
        Ok(Self(Arc::new(Shared { client, current, is_replaced: AtomicBool::default() })))
    }

    /// The answer of a call, which takes no longer than this with everything that belongs to it.
    pub(super) async fn ask<T>(
        &self,
        within: Duration,
        call: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, RedisError> {
        let used = self.0.current.load_full();
        let answer = timeout(within, call((*used).clone())).await;
        let answer = answer.unwrap_or_else(|_elapsed| Err(io::Error::from(TimedOut).into()));
        if answer.as_ref().is_err_and(RedisFailure::is_timeout) {
            self.replace(&used);
        }
        Ok(answer?)
    }

    /// Of many that were not answered one has another connection made, and waits for it no more than they.
    fn replace(&self, used: &Arc<ConnectionManager>) {
        let shared = Arc::clone(&self.0);
        if !Arc::ptr_eq(&shared.current.load(), used)
            || shared.is_replaced.swap(true, Ordering::AcqRel)
        {
            return;
        }
        tokio::spawn(async move {
            let client = (*shared.client).clone();
            let another = ConnectionManager::new_with_config(client, config());
            if let Ok(Ok(another)) = timeout(REPLACED_WITHIN, another).await {
                shared.current.store(Arc::new(another));
            }
            shared.is_replaced.store(false, Ordering::Release);
        });
    }
}

fn config() -> ConnectionManagerConfig {
    ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(ANSWER_TIMEOUT))
        .set_number_of_retries(1)
        .set_max_delay(Duration::from_millis(100))
}
