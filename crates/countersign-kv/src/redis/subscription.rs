//! A connection that only listens: Redis tells it what others publish.

use std::{pin::pin, sync::Arc, time::Duration};

use ::redis::{
    Client,
    aio::{PubSubSink, PubSubStream},
};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::{CONNECT_TIMEOUT, RedisError, in_time};

/// A connection that has said nothing for so long is asked whether it still answers.
const QUIET: Duration = Duration::from_secs(30);

/// Hears what is [published](super::Redis::publish) on one channel, on a connection of its own.
pub struct Subscription {
    client: Arc<Client>,
    channel: String,
    /// `None` before the first call and after the connection was lost.
    connected: Option<(PubSubSink, PubSubStream)>,
}

impl Subscription {
    pub(super) fn new(client: Arc<Client>, channel: String) -> Self {
        Self { client, channel, connected: None }
    }

    /// Returns with the next message, and once whenever it has begun to listen: what was published before
    /// that, nobody heard. An error says that it does not listen any more; the next call begins anew, and
    /// the caller says when.
    pub async fn heard(&mut self) -> Result<(), RedisError> {
        let Some((mut sink, mut stream)) = self.connected.take() else {
            self.connected = Some(self.connect().await?);
            return Ok(());
        };
        loop {
            match timeout(QUIET, pin!(stream.next())).await {
                Ok(Some(_message)) => break,
                Ok(None) => return Err(RedisError::Unavailable("it hung up".to_owned())),
                Err(_quiet) => in_time(sink.ping::<()>()).await?,
            }
        }
        self.connected = Some((sink, stream));
        Ok(())
    }

    async fn connect(&self) -> Result<(PubSubSink, PubSubStream), RedisError> {
        let connecting = timeout(CONNECT_TIMEOUT, self.client.get_async_pubsub()).await;
        let late = |_| RedisError::Unavailable("no connection in time".to_owned());
        let mut connection = connecting.map_err(late)??;
        in_time(connection.subscribe(&self.channel)).await?;
        Ok(connection.split())
    }
}
