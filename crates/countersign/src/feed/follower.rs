//! The task that asks the feed, one question after the other, and takes the answers in.
//!
//! | Last answer | Next question |
//! |---|---|
//! | none yet, or a failure | to be answered at once |
//! | went on from what is held, and there is more | at once |
//! | went on from what is held | at once, to be answered when there is news |
//! | is of another sequence than what is held, or repeats it, and has entries | the same after a pause: two servers that do not agree must not be asked without end |
//! | brought nothing | the same; not before the time is over for which the last one could have waited |
//!
//! A question may take as long as it may wait, and three seconds, or half the staleness that is allowed if
//! that is less. Pauses are of a quarter of a second, then twice as long each time up to two seconds, give or
//! take a random half; and after 429 as long as the issuer says, for a minute at most.

use std::{sync::Arc, time::Duration};

use countersign_jwt::Clock;
use tokio::{sync::watch, task::JoinHandle};

use super::{
    answer::{self, Answer},
    held::{Held, Taken},
    milliseconds,
    question::Question,
    settings::{FeedError, RevocationFeed},
    status::Tally,
    take_error::TakeError,
};
use crate::{
    calls::{CallError, Downloads, Wanted, is_this_machine, unforeseen},
    keys::{Keys, Signed},
    process::Process,
    refusal::Refusal,
    revocation::seconds,
};

const LONGEST_TIMEOUT: Duration = Duration::from_secs(3);
const LONGEST_WAIT: u64 = 30;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// However long the issuer says that it wants to be left alone.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// Who is asked about what.
pub(super) struct Follower {
    feed: RevocationFeed,
    issuer: Arc<str>,
    keys: Arc<Keys>,
    clock: Arc<dyn Clock>,
    held: Arc<Held>,
    pub(super) tally: Tally,
}

/// The task at work. It ends with this.
pub(super) struct Following {
    task: JoinHandle<()>,
    process: Process,
    answered: watch::Receiver<bool>,
}

impl Follower {
    pub(super) fn new(
        feed: RevocationFeed,
        issuer: &Arc<str>,
        keys: &Arc<Keys>,
        clock: &Arc<dyn Clock>,
        held: &Arc<Held>,
    ) -> Result<Self, FeedError> {
        let follower = Self {
            feed,
            issuer: Arc::clone(issuer),
            keys: Arc::clone(keys),
            clock: Arc::clone(clock),
            held: Arc::clone(held),
            tally: Tally::default(),
        };
        // What cannot be set up is to be known now.
        follower.downloads().map_err(FeedError::Client)?;
        Ok(follower)
    }

    pub(super) fn start(self: &Arc<Self>) -> Following {
        let (answered, first) = watch::channel(false);
        let task = tokio::spawn(Arc::clone(self).follow(answered));
        Following { task, process: Process::current(), answered: first }
    }

    async fn follow(self: Arc<Self>, answered: watch::Sender<bool>) {
        // Connections are the task's own: those of a process do not outlive a fork.
        let mut downloads = None;
        let (mut wait, mut failures, mut repetitions) = (0, 0_u32, 0_u32);
        loop {
            let earliest = tokio::time::sleep(self.pace(wait));
            let taken = self.ask(&mut downloads, wait).await;
            self.tally.count(taken.as_ref().err().map(TakeError::code));
            match taken {
                Ok(taken) => {
                    if failures > 0 {
                        self.log_recovery(failures);
                    }
                    failures = 0;
                    if taken.is_complete {
                        answered.send_replace(true);
                        wait = self.wait();
                    }
                    if !taken.goes_on && (taken.has_news || !taken.is_complete) {
                        repetitions = repetitions.saturating_add(1);
                        tokio::time::sleep(pause_after(repetitions)).await;
                        continue;
                    }
                    repetitions = 0;
                    if taken.is_complete && !taken.has_news {
                        earliest.await;
                    }
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    self.log_failure(&error, failures);
                    answered.send_replace(true);
                    let rest = error.retry_after().unwrap_or_default().min(LONGEST_REST);
                    tokio::time::sleep(pause_after(failures).max(rest)).await;
                    wait = 0;
                }
            }
        }
    }

    /// One question and its answer.
    async fn ask(&self, downloads: &mut Option<Downloads>, wait: u64) -> Result<Taken, TakeError> {
        let downloads = match downloads {
            Some(downloads) => downloads,
            None => downloads.insert(self.downloads().map_err(TakeError::Client)?),
        };
        let keys =
            self.keys.current(self.clock.now()).await.map_err(|_refusal| TakeError::NoKeys)?;
        let kids: Vec<&str> = keys.set.kids().collect();
        let held = self.held.position();
        let nonce = unforeseen().simple().to_string();
        let registration = self.feed.registration.as_ref();
        let guard = registration.map(|own| own.guard_in(Process::current()));
        let question = Question {
            url: &self.feed.url,
            held: held.as_ref().map(|(epoch, to)| (&**epoch, *to)),
            wait,
            nonce: &nonce,
            guard: guard.as_deref(),
            kids: &kids,
        };
        let wanted = Wanted {
            url: &question.address(),
            accept: "application/jwt",
            most: answer::MAX_BYTES,
            credential: registration.map(|own| &own.credential),
        };
        let asked_at = milliseconds(self.clock.steady());
        let time = Duration::from_secs(wait) + self.timeout();
        let download = tokio::time::timeout(time, downloads.get(wanted));
        let body = download.await.unwrap_or(Err(CallError::Timeout))?.body;
        let message = String::from_utf8(body).map_err(|_error| TakeError::NotText)?;
        let payload = self.open(&message).await?;
        let answer = Answer::read(&payload, &self.issuer, &nonce)?;
        self.held.take(&answer, asked_at, seconds(self.clock.now()))
    }

    /// What the issuer signed.
    async fn open(&self, message: &str) -> Result<Vec<u8>, TakeError> {
        let now = self.clock.now();
        let opened = self
            .keys
            .judge(Signed::Feed, message, now, |keys| {
                keys.open_message(answer::TYPE, message, answer::MAX_BYTES)
            })
            .await;
        opened.map(|(payload, _keys)| payload).map_err(|refusal| match refusal {
            Refusal::InvalidToken(error) => TakeError::NotSigned(error),
            _ => TakeError::NoKeys,
        })
    }

    /// How long an answer may wait for news, in seconds: the knowledge is then never older than half of
    /// what is allowed, and there is time to ask again.
    fn wait(&self) -> u64 {
        (self.feed.max_staleness / 4).as_secs().min(LONGEST_WAIT)
    }

    /// For how long an answer may be on its way.
    fn timeout(&self) -> Duration {
        LONGEST_TIMEOUT.min(self.feed.max_staleness / 2)
    }

    /// How old the knowledge becomes while all is well. Beyond that somebody should see whether the task is
    /// still there.
    pub(super) fn rhythm(&self) -> Duration {
        self.pace(self.wait()) + self.timeout()
    }

    /// How long after a question without news the next one may follow.
    fn pace(&self, wait: u64) -> Duration {
        match self.wait() {
            0 => self.feed.max_staleness / 4,
            _ => Duration::from_secs(wait),
        }
    }

    fn downloads(&self) -> Result<Downloads, reqwest::Error> {
        Downloads::new(is_this_machine(&self.feed.url))
    }

    /// The first of a row, and ever fewer of the later ones.
    fn log_failure(&self, error: &TakeError, failures: u32) {
        if !failures.is_power_of_two() {
            return;
        }
        let code = error.code();
        let error: &dyn std::error::Error = error;
        let url = &self.feed.url;
        tracing::warn!(
            target: "countersign::revocations",
            host = url.host_str(),
            path = url.path(),
            code,
            error,
            failures,
            "the revocation feed brought nothing"
        );
    }

    fn log_recovery(&self, failures: u32) {
        let host = self.feed.url.host_str();
        tracing::info!(target: "countersign::revocations", host, failures, "the revocation feed is back");
    }
}

impl Following {
    pub(super) fn is_alive(&self) -> bool {
        self.process.is_current() && !self.task.is_finished()
    }

    /// Turns true when the first question was answered, or was not.
    pub(super) fn first_answer(&self) -> watch::Receiver<bool> {
        self.answered.clone()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // A forked process has none of the tasks of its parent.
        if self.process.is_current() {
            self.task.abort();
        }
    }
}

fn pause_after(failures: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(8));
    let span = doubled.min(LONGEST_PAUSE) / 2;
    let random = u32::try_from(unforeseen().as_u128() & 0xffff).unwrap_or_default();
    span + span * random / 0xffff
}
