//! What is new: looked for in the database by one at a time, waited for by many.
//!
//! | Who | Looks |
//! |---|---|
//! | a question that comes | unless somebody began to after it came: what was committed before a question is in its answer |
//! | questions that wait | one of them each `revocation.poll_interval_ms`, and at once when this server commits, or another one says that it did (`wake_up.rs`) |
//!
//! A look reads the head, one row; only where that moved on are entries read, by their numbers. Nobody
//! looks while nobody asks. Two hundred that wait are two hundred copies from memory.

use std::{
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use countersign_store::{Database, StoreError, revocations};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    entry::Entry,
    head,
    inbox::Inbox,
    log::{Followed, Log, Page},
    record::Recorder,
    wake_up::{self, WakeUps},
};
use crate::{Auth, settled::Settled, wire::ApiError};

/// Entries that are read with one statement.
const READ_AT_ONCE: u64 = 10_000;

/// Between two looks for entries to forget, when there were few.
const FORGET_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Whoever asked waits no longer for that.
const FORGETS_FOR: Duration = Duration::from_secs(1);

/// The sequence as this server knows it, and whoever waits for it to go on.
pub(super) struct Feed {
    poll_interval: Duration,
    log: Mutex<Option<Log>>,
    /// One looks at a time; the number of the last look that came to its end.
    looking: tokio::sync::Mutex<u64>,
    /// How many looks were begun.
    begun: AtomicU64,
    /// The log went on.
    news: watch::Sender<()>,
    /// This server committed entries, or another one says so.
    commits: watch::Sender<()>,
    /// Hears of other servers, from when somebody waits here for the first time.
    wake_ups: OnceLock<Option<WakeUps>>,
    recorder: Recorder,
    inbox: Inbox,
    /// What is over is neither told nor kept.
    settled: Settled,
    /// When entries were forgotten last.
    forgot: Mutex<Option<Timestamp>>,
}

impl Feed {
    pub(super) fn new(poll_interval: Duration, recorder: Recorder) -> Self {
        Self {
            poll_interval,
            log: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            begun: AtomicU64::default(),
            news: watch::Sender::default(),
            commits: watch::Sender::default(),
            wake_ups: OnceLock::new(),
            recorder,
            inbox: Inbox::default(),
            settled: Settled::default(),
            forgot: Mutex::default(),
        }
    }

    /// This server committed entries: whoever waits looks now.
    pub(super) fn committed(&self, auth: &Auth) {
        self.commits.send_replace(());
        wake_up::publish(auth);
    }

    /// What comes next for who followed so far: when there is something, or after so long. Everything that
    /// was committed before this was called is in it.
    pub(super) async fn next(
        &self,
        auth: &Auth,
        followed: Option<&Followed>,
        patience: Duration,
    ) -> Result<Page, ApiError> {
        // From before the look on: it may be past what is committed while it goes on.
        let commits = self.commits.subscribe();
        self.look(auth, self.next_look()).await?;
        if !patience.is_zero() {
            let waited = timeout(patience, self.news(auth, followed, commits)).await;
            waited.unwrap_or(Ok(()))?;
        }
        self.page(auth, followed)
    }

    /// Returns when there is something new for who followed so far, or the server is about to stop.
    async fn news(
        &self,
        auth: &Auth,
        followed: Option<&Followed>,
        mut commits: watch::Receiver<()>,
    ) -> Result<(), ApiError> {
        self.wake_ups.get_or_init(|| WakeUps::begin(auth, self.commits.clone()));
        let mut news = self.news.subscribe();
        loop {
            if self.with_log(|log| log.has_news_for(followed)).unwrap_or(true) {
                return Ok(());
            }
            let begun = self.begun.load(Ordering::Acquire);
            tokio::select! {
                () = auth.drain().begun() => return Ok(()),
                _ = news.changed() => {}
                _ = commits.changed() => self.look(auth, self.next_look()).await?,
                // Of all that wait, the one whose pause saw no look looks for them all.
                () = sleep(self.poll_interval) => {
                    if self.begun.load(Ordering::Acquire) == begun {
                        self.look(auth, begun + 1).await?;
                    }
                }
            }
        }
    }

    fn page(&self, auth: &Auth, followed: Option<&Followed>) -> Result<Page, ApiError> {
        let over = self.settled.over_before(auth.clock()).as_second();
        self.with_log(|log| log.page(followed, over)).ok_or_else(ApiError::unavailable)
    }

    fn with_log<T>(&self, read: impl FnOnce(&Log) -> T) -> Option<T> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(read)
    }

    /// The number of the first look that begins after this.
    fn next_look(&self) -> u64 {
        self.begun.load(Ordering::Acquire) + 1
    }

    /// Takes in what the database has, unless the look with this number did already.
    async fn look(&self, auth: &Auth, wanted: u64) -> Result<(), ApiError> {
        let mut done = self.looking.lock().await;
        if *done >= wanted {
            return Ok(());
        }
        let number = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        self.empty_inbox(auth).await?;
        if self.take_in(auth).await? {
            self.news.send_replace(());
        }
        *done = number;
        drop(done);
        self.forget(auth.database(), self.settled.over_before(auth.clock())).await;
        Ok(())
    }

    /// Gives numbers to what others saw ending.
    pub(super) async fn empty_inbox(&self, auth: &Auth) -> Result<(), StoreError> {
        self.inbox.empty(auth, &self.recorder).await
    }

    /// Whether there was something new.
    async fn take_in(&self, auth: &Auth) -> Result<bool, StoreError> {
        let head = head::head(auth.database(), auth.entropy()).await?;
        let (up_to, over) = (head.sequence, self.settled.over_before(auth.clock()));
        let known = {
            let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
            log.take_if(|log| !log.continues_with(&head));
            log.as_ref().map(Log::last)
        };
        if known == Some(up_to) {
            return Ok(false);
        }
        let mut entries = Vec::new();
        let mut at = known.unwrap_or_default();
        loop {
            let rows = revocations::between(auth.database(), at, up_to, over, READ_AT_ONCE).await?;
            entries.extend(rows.iter().filter_map(Entry::of));
            match rows.last() {
                Some(last) if rows.len() as u64 == READ_AT_ONCE => at = last.sequence,
                _ => break,
            }
        }
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.get_or_insert_with(|| Log::new(head)).extend(entries, up_to);
        Ok(true)
    }

    /// Forgets what was over before this, a batch at a time. That it fails is no reason for an answer to
    /// fail.
    async fn forget(&self, database: &Database, over: Timestamp) {
        {
            let mut forgot = self.forgot.lock().unwrap_or_else(PoisonError::into_inner);
            if forgot.is_some_and(|last| over.duration_since(last) < FORGET_EVERY) {
                return;
            }
            *forgot = Some(over);
        }
        if let Some(log) = &mut *self.log.lock().unwrap_or_else(PoisonError::into_inner) {
            log.forget(over.as_second());
        }
        let forgotten = timeout(FORGETS_FOR, revocations::forget_some(database, over)).await;
        match forgotten {
            // There is more of it: the next look goes on.
            Ok(Ok(true)) => *self.forgot.lock().unwrap_or_else(PoisonError::into_inner) = None,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "revocations that are over were not forgotten");
            }
            Err(_late) => tracing::warn!(
                "revocations that are over were not forgotten: somebody holds them in the database"
            ),
        }
    }
}
