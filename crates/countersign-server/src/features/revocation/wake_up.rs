//! Other servers commit something: whoever waits here looks at once.
//!
//! On PostgreSQL each transaction that adds entries, and each trigger of `watch.rs`, notifies a channel, and
//! every server on which somebody waits listens to it. On another database with Redis beside it, a server that
//! has committed publishes there. A wake-up is a hint to look and nothing else: whoever waits looks each
//! `revocation.poll_interval_ms` besides. One that is lost or late costs that long, and one that somebody
//! forged costs a look.

use std::time::Duration;

use countersign_kv::{RedisError, Subscription};
use countersign_store::{Dialect, Listener, StoreError};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use crate::Auth;

/// The channel of a database, or of Redis, in which entries are told of.
pub(super) const CHANNEL: &str = "countersign_revocation";

/// Between two looks that wake-ups ask for. Those that come meanwhile are one.
const BREATH: Duration = Duration::from_millis(20);

/// Between two tries to listen.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens until it is dropped.
pub(super) struct WakeUps(JoinHandle<()>);

impl Drop for WakeUps {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Who tells.
enum Teller {
    Database(Box<Listener>),
    Redis(Subscription),
}

#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Database(#[from] StoreError),
    #[error(transparent)]
    Redis(#[from] RedisError),
}

impl Teller {
    fn of(auth: &Auth) -> Option<Self> {
        match (auth.database().listen(CHANNEL), auth.redis()) {
            (Some(listener), _) => Some(Self::Database(Box::new(listener))),
            (None, Some(redis)) => Some(Self::Redis(redis.subscribe(CHANNEL))),
            (None, None) => None,
        }
    }

    async fn heard(&mut self) -> Result<(), Lost> {
        match self {
            Self::Database(listener) => Ok(listener.heard().await?),
            Self::Redis(subscription) => Ok(subscription.heard().await?),
        }
    }
}

/// Tells the others of a commit, where the transaction itself could not. Nobody waits for that, and nothing
/// follows from its failure.
pub(super) fn publish(auth: &Auth) {
    let Some(redis) = auth.redis().filter(|_| auth.database().dialect() != Dialect::Postgres)
    else {
        return;
    };
    let redis = redis.clone();
    tokio::spawn(async move {
        if let Err(error) = redis.publish(CHANNEL).await {
            tracing::debug!(%error, "other servers see a revocation with their next look only");
        }
    });
}

impl WakeUps {
    /// Begins to listen, as a task of the runtime that this is called on. `None` where nobody tells.
    pub(super) fn begin(auth: &Auth, commits: watch::Sender<()>) -> Option<Self> {
        let teller = Teller::of(auth)?;
        Some(Self(tokio::spawn(async move {
            let told = watch::Sender::default();
            let to_pass_on = told.subscribe();
            tokio::join!(listen(teller, told), pass_on(to_pass_on, commits));
        })))
    }
}

/// Takes in what is told as fast as it comes: a database keeps it for who is slow.
async fn listen(mut teller: Teller, told: watch::Sender<()>) {
    let mut is_lost = false;
    loop {
        match teller.heard().await {
            Ok(()) => {
                if is_lost {
                    tracing::info!("other servers' revocations are heard of at once again");
                }
                is_lost = false;
                told.send_replace(());
            }
            Err(error) => {
                if !is_lost {
                    tracing::warn!(%error, "other servers' revocations are seen with the next look only");
                }
                is_lost = true;
                sleep(PAUSE).await;
            }
        }
    }
}

async fn pass_on(mut told: watch::Receiver<()>, commits: watch::Sender<()>) {
    while told.changed().await.is_ok() {
        commits.send_replace(());
        sleep(BREATH).await;
    }
}
