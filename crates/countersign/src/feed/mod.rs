//! The revocation feed of an issuer: what it took back before its time, held in memory.
//!
//! A guard with a feed refuses a token within a second of its revocation at the issuer, whichever process
//! revoked it, and asks nobody while it decides. The other side and the bytes between the two are
//! described in `docs/revocation-feed.md`.
//!
//! | What is known | What becomes of a good token |
//! |---|---|
//! | as of [`max_staleness`](RevocationFeed::with_max_staleness) ago (10 seconds) or less | in, unless it is among what was taken back |
//! | as of longer ago | 503 `revocations_stale`, or in for the time that [`WhenStale::AllowFor`] says |
//! | nothing yet | the request waits for the first answer; none comes: 503 `revocations_stale` |
//!
//! A token that is known to be taken back is refused with 401 in each of these states: nothing ever gives
//! it back.
//!
//! # Asking
//!
//! The first request or readiness probe starts one task for each issuer with a feed. It asks with
//! `wait`, so that an answer comes with the news or after a quarter of the staleness that is allowed; after
//! failures it pauses for up to two seconds. It ends with the last guard.
//!
//! A task that is gone with its runtime, or that a forked process does not have, is started again by the next
//! request that finds the knowledge older than it becomes while all is well, long before it is too old, and
//! waits for nothing; where somebody says that the process was [forked], by the next request at all.
//!
//! # What is taken
//!
//! An answer counts only with the signature of one of the issuer's keys, the type `revocations+jwt`, the
//! issuer's name, the question's nonce, and entries from what is held or before. Its age is that of the
//! question, by a clock that nobody sets.
//!
//! # What is held
//!
//! Each entry is a 64-bit hash under the feed's key: 17 bytes, and up to half as much again for growing. Reading
//! takes no lock. The names of a token that is remembered are hashed once, and looked up again only where one
//! of them may have come since they were last. What is held is never made less by an answer. When the issuer
//! begins a new sequence (an epoch, another key), what the older one said is kept beside it. An entry is
//! forgotten two minutes after its end, by the slower of this machine's clock and the issuer's; when both are
//! set ahead and back, nothing is.

mod answer;
mod follower;
mod held;
mod names;
mod question;
mod recent;
mod set;
mod settings;
mod slowest;
mod status;
mod table;
mod take_error;

use std::{
    sync::{
        Arc, Mutex, PoisonError, TryLockError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use countersign_jwt::{Claims, Clock};

pub(crate) use self::names::HashedNames;
use self::{
    follower::{Follower, Following},
    held::Held,
    names::Called,
};
pub use self::{
    settings::{FeedError, RevocationFeed, WhenStale},
    status::FeedStatus,
};
use crate::{
    cookies::CookieSession, keys::Keys, process::forks, refusal::Refusal, revocation::Revoked,
};

/// How long a request waits for the first answer.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// When a caller should come again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The feed of one issuer in use. When it goes, its task goes.
pub(crate) struct Feed {
    held: Arc<Held>,
    follower: Arc<Follower>,
    following: Mutex<Option<Following>>,
    /// The forks that were told of when the task was last seen to be there.
    forks: AtomicU32,
    clock: Arc<dyn Clock>,
    /// In milliseconds, as ages are.
    usable_for: u64,
    /// The knowledge is older than this only where the feed, or the task that asks it, is away.
    usually_within: u64,
}

impl Feed {
    pub(crate) fn open(
        feed: RevocationFeed,
        issuer: &Arc<str>,
        keys: &Arc<Keys>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, FeedError> {
        let allowed = match feed.when_stale {
            WhenStale::Refuse => Duration::ZERO,
            WhenStale::AllowFor(longer) => longer,
        };
        let usable_for = milliseconds(feed.max_staleness.saturating_add(allowed));
        let held = Arc::<Held>::default();
        let follower = Arc::new(Follower::new(feed, issuer, keys, clock, &held)?);
        Ok(Self {
            held,
            usually_within: milliseconds(follower.rhythm()),
            follower,
            following: Mutex::default(),
            forks: AtomicU32::new(forks()),
            clock: Arc::clone(clock),
            usable_for,
        })
    }

    /// Whether a decision may be made with what is known. Waits only where the feed was never asked, or
    /// nobody asks any more. To be asked before anything is looked up.
    pub(crate) async fn fresh(&self) -> Result<(), Refusal> {
        if let Some(age) = self.age().filter(|age| *age <= self.usable_for) {
            if age > self.usually_within || self.forks.load(Ordering::Relaxed) != forks() {
                self.go_on();
            }
            return Ok(());
        }
        self.first_answer().await;
        if self.is_usable() { Ok(()) } else { Err(stale()) }
    }

    /// Changes with all that is taken, before a question says that it was.
    pub(crate) fn end(&self) -> u64 {
        self.held.end()
    }

    /// Whether a verified token was taken back, and by what; with its names, where they were hashed before.
    pub(crate) fn find(
        &self,
        claims: &Claims,
        token: &str,
        names: Option<&HashedNames>,
    ) -> Option<Revoked> {
        self.held.find(&Called::token(claims, token), names)
    }

    /// The same for a token that was not taken back at that [end](Self::end).
    pub(crate) fn find_since(
        &self,
        end: u64,
        claims: &Claims,
        token: &str,
        names: Option<&HashedNames>,
    ) -> Option<Revoked> {
        if names.is_some_and(|names| self.held.brought_none_of(names, end)) {
            return None;
        }
        self.find(claims, token, names)
    }

    /// The names of a token, hashed for every later look-up.
    pub(crate) fn names(&self, claims: &Claims, token: &str) -> Option<HashedNames> {
        self.held.hash(&Called::token(claims, token))
    }

    /// Whether the session of a cookie was taken back, and by what.
    pub(crate) fn find_session(&self, session: &CookieSession) -> Option<Revoked> {
        self.held.find(&Called::cookie(session), None)
    }

    pub(crate) fn status(&self) -> FeedStatus {
        FeedStatus {
            ready: self.is_usable(),
            age_seconds: self.age().map(|age| age / 1000),
            sequence: self.held.sequence(),
            entries: self.held.len(),
            ..self.follower.tally.read()
        }
    }

    fn is_usable(&self) -> bool {
        self.age().is_some_and(|age| age <= self.usable_for)
    }

    /// In milliseconds.
    fn age(&self) -> Option<u64> {
        let known_as_of = self.held.known_as_of()?;
        Some(milliseconds(self.clock.steady()).saturating_sub(known_as_of))
    }

    /// Starts the task that asks where there is none, and waits for nothing.
    fn go_on(&self) {
        let mut following = match self.following.try_lock() {
            Ok(following) => following,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Somebody does it.
            Err(TryLockError::WouldBlock) => return,
        };
        // Whoever decides without a runtime has decided; the task needs one.
        if tokio::runtime::Handle::try_current().is_ok() {
            self.at_work(&mut following);
        }
    }

    /// The task that asks.
    fn at_work<'f>(&self, following: &'f mut Option<Following>) -> &'f Following {
        self.forks.store(forks(), Ordering::Relaxed);
        let at_work = following.take().filter(Following::is_alive);
        following.insert(at_work.unwrap_or_else(|| self.follower.start()))
    }

    /// Waits until the task that asks was answered once, or not; starts it where there is none.
    async fn first_answer(&self) {
        let mut first = {
            let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
            self.at_work(&mut following).first_answer()
        };
        // The task may be ended meanwhile, or have many pages to take in.
        let _ = tokio::time::timeout(LONGEST_WAIT, first.wait_for(|answered| *answered)).await;
    }
}

fn stale() -> Refusal {
    Refusal::RevocationsStale { retry_after: RETRY_AFTER }
}

fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
