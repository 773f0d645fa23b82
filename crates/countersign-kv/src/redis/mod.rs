//! Redis (or Valkey): facts that several servers share, each with an end.
//!
//! Keys and values are those of Better Auth's `redis-storage`, so that both work on one Redis. What Better
//! Auth reads, changes and writes back is one step here, a script on the server: nothing is lost when two
//! do it at once.
//!
//! No call takes longer than [`CALL_TIMEOUT`]. A Redis that is away is [`RedisError::Unavailable`], never an
//! absent key. Connections come back by themselves, also when one is lost without a word.

mod connection;
mod error;
mod scripts;
mod subscription;

use std::{future::Future, sync::Arc, time::Duration};

use ::redis::{
    Client, Cmd, FromRedisValue, IntoConnectionInfo, RedisResult, ScriptInvocation, cmd,
    io::tcp::TcpSettings,
};
use tokio::time::timeout;

use self::connection::Connection;
pub use self::{error::RedisError, subscription::Subscription};

/// How long a connection may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long an answer may take.
pub const ANSWER_TIMEOUT: Duration = Duration::from_millis(900);

/// How long a call may take, with everything that belongs to it.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(1);

/// The same for the first, which looks the name up, connects and signs in.
const FIRST_CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// A Redis. Clones share its connection.
#[derive(Clone)]
pub struct Redis {
    client: Arc<Client>,
    connection: Connection,
    prefix: String,
}

impl Redis {
    /// Connects to `redis://…` or `rediss://…` and makes sure that it answers. Every key is prefixed;
    /// Better Auth's prefix is `better-auth:`.
    pub async fn connect(url: &str, prefix: &str) -> Result<Self, RedisError> {
        let invalid = |_the_text_may_hold_a_password| RedisError::Url;
        let address = url.into_connection_info().map_err(invalid)?.set_tcp_settings(tcp());
        let client = Arc::new(Client::open(address).map_err(invalid)?);
        let connection = Connection::new(Arc::clone(&client))?;
        let redis = Self { client, connection, prefix: prefix.to_owned() };
        redis.ask::<()>(FIRST_CALL_TIMEOUT, &cmd("PING")).await?;
        Ok(redis)
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), RedisError> {
        self.run(&cmd("PING")).await
    }

    /// By which rule Redis drops keys before their end once its memory is full (`maxmemory-policy`); `None` where it
    /// drops none.
    pub async fn drops_keys(&self) -> Result<Option<String>, RedisError> {
        let said: String = self.run(cmd("INFO").arg("memory")).await?;
        let of = |name: &str| said.lines().find_map(|line| line.trim().strip_prefix(name));
        let is_bounded = of("maxmemory:").is_some_and(|most| most != "0");
        let policy = of("maxmemory_policy:").filter(|policy| *policy != "noeviction");
        Ok(policy.filter(|_| is_bounded).map(str::to_owned))
    }

    /// The value of a key.
    pub async fn get(&self, key: &str) -> Result<Option<String>, RedisError> {
        self.run(cmd("GET").arg(self.key(key))).await
    }

    /// Sets a key for so many seconds; none at all and the key is not set.
    pub async fn set(&self, key: &str, value: &str, seconds: i64) -> Result<(), RedisError> {
        if seconds <= 0 {
            return Ok(());
        }
        self.run(cmd("SET").arg(self.key(key)).arg(value).arg("EX").arg(seconds)).await
    }

    /// Sets a key that is there for so many seconds; `false` when it is not there (any more).
    pub async fn replace(&self, key: &str, value: &str, seconds: i64) -> Result<bool, RedisError> {
        if seconds <= 0 {
            return Ok(false);
        }
        let mut set = cmd("SET");
        set.arg(self.key(key)).arg(value).arg("XX").arg("EX").arg(seconds);
        let done: Option<String> = self.run(&set).await?;
        Ok(done.is_some())
    }

    /// Sets a key that is not there for so many seconds; `false` when it is there already.
    pub async fn set_new(&self, key: &str, value: &str, seconds: i64) -> Result<bool, RedisError> {
        if seconds <= 0 {
            return Ok(false);
        }
        let mut set = cmd("SET");
        set.arg(self.key(key)).arg(value).arg("NX").arg("EX").arg(seconds);
        let done: Option<String> = self.run(&set).await?;
        Ok(done.is_some())
    }

    /// Deletes keys; how many there were.
    pub async fn delete(&self, keys: &[&str]) -> Result<u64, RedisError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let keys: Vec<_> = keys.iter().map(|key| self.key(key)).collect();
        self.run(cmd("DEL").arg(keys)).await
    }

    /// Takes a key's value away: of many who ask at once, one gets it.
    pub async fn take(&self, key: &str) -> Result<Option<String>, RedisError> {
        self.invoke(&scripts::TAKE.key(self.key(key))).await
    }

    /// Counts one more; the count ends so many seconds after its first.
    pub async fn increment(&self, key: &str, seconds: i64) -> Result<u64, RedisError> {
        self.invoke(scripts::INCREMENT.key(self.key(key)).arg(seconds)).await
    }

    /// Sets a number unless a greater one is there, and its end in any case.
    pub async fn raise(&self, key: &str, number: i64, seconds: i64) -> Result<(), RedisError> {
        self.invoke(scripts::RAISE.key(self.key(key)).arg(number).arg(seconds)).await
    }

    /// Changes a list of tokens with their ends, `[{"token":"…","expiresAt":<ms>}]`: those whose end has
    /// come and those of `removed` go, `added` comes. It stays sorted by end, and ends with the last one.
    pub async fn update_list(
        &self,
        key: &str,
        added: Option<(&str, i64)>,
        removed: &[&str],
        now_ms: i64,
    ) -> Result<(), RedisError> {
        let (token, expires_at) = added.unwrap_or_default();
        let mut update = scripts::UPDATE_LIST.key(self.key(key));
        update.arg(now_ms).arg(token).arg(expires_at).arg(removed);
        self.invoke(&update).await
    }

    /// Tells whoever has [subscribed](Self::subscribe) to this channel; nobody, where nobody has.
    pub async fn publish(&self, channel: &str) -> Result<(), RedisError> {
        self.run(cmd("PUBLISH").arg(self.key(channel)).arg("")).await
    }

    /// Hears what is published on this channel. Connects with the first call.
    pub fn subscribe(&self, channel: &str) -> Subscription {
        Subscription::new(self.client.clone(), self.key(channel))
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        self.ask(CALL_TIMEOUT, command).await
    }

    async fn ask<T: FromRedisValue>(
        &self,
        within: Duration,
        command: &Cmd,
    ) -> Result<T, RedisError> {
        let call = async |mut connection| command.query_async(&mut connection).await;
        self.connection.ask(within, call).await
    }

    async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, RedisError> {
        let call = async |mut connection| script.invoke_async(&mut connection).await;
        self.connection.ask(CALL_TIMEOUT, call).await
    }
}

/// The system gives a connection up, and what it would still send, when nothing is acknowledged for as long
/// as a call takes. A command that was not answered may all the same be carried out after later ones, where
/// Redis has it and was stopped: whoever writes what must not come late says so in the command.
fn tcp() -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(CALL_TIMEOUT);
    settings
}

async fn in_time<T>(call: impl Future<Output = RedisResult<T>>) -> Result<T, RedisError> {
    match timeout(CALL_TIMEOUT, call).await {
        Ok(answer) => Ok(answer?),
        Err(_elapsed) => Err(RedisError::Unavailable("no answer in time".to_owned())),
    }
}
