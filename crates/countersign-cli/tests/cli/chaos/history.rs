//! What happened, as it was seen from outside: who was issued what, what was taken back, and what guards
//! answered, each with the time before it was asked for and the time after it was answered.
//!
//! All times are of one steady clock, that of the process that asks; seconds are those that tokens have.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use countersign::{Clock, SystemClock};

/// How long it may take until something is done.
const PATIENCE: Duration = Duration::from_mins(2);

/// Since some moment that stays the same.
pub(super) type Moment = Duration;

/// From before the question to after the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) begun: Moment,
    pub(super) ended: Moment,
}

/// What one token says.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) id: String,
    pub(super) session: String,
    pub(super) user: String,
    pub(super) issued_at: i64,
    /// The key that signed it.
    pub(super) key: String,
}

/// What somebody wanted to take back.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// One token, by its id or its hash.
    Token(String),
    /// All tokens of a session, which gives no more.
    Session(String),
    /// All sessions of a user, one of them excepted.
    Sessions { user: String, except: Option<String> },
    /// A user's tokens until the second in which it was done.
    Issued { user: String },
    /// A user's tokens until the second before that: whoever changed a password goes on.
    Password { user: String },
}

/// An attempt to take something back.
#[derive(Clone, Debug)]
pub(super) struct TakenBack {
    pub(super) what: What,
    pub(super) begun: Moment,
    /// When it was answered with 2xx; `None` where it was not, and may have happened or happen later.
    pub(super) ended: Option<Moment>,
    /// The second in which it was begun.
    pub(super) second_begun: i64,
    /// The second in which it was answered.
    pub(super) second_ended: i64,
}

/// What a guard said of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    /// It was taken back.
    Revoked,
    /// It is no good for another reason.
    Bad(String),
    /// 503: it could not be checked.
    Unavailable,
    /// Nothing in time.
    Silence,
}

/// A guard was asked about a token.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) guard: usize,
    /// Which of [`History::tokens`].
    pub(super) token: usize,
    pub(super) span: Span,
    pub(super) verdict: Verdict,
    /// The guard had taken in everything that was taken back before.
    pub(super) settled: bool,
}

/// Something about a guard that went on for a while.
#[derive(Clone, Copy, Debug)]
pub(super) struct During {
    pub(super) guard: usize,
    pub(super) span: Span,
}

#[derive(Default)]
pub(super) struct History {
    pub(super) tokens: Vec<(Token, Span)>,
    /// Ids of sessions, and when they began.
    pub(super) sessions: Vec<(String, Span)>,
    pub(super) taken_back: Vec<TakenBack>,
    pub(super) asked: Vec<Asked>,
    /// The guard could not learn what was taken back.
    pub(super) cut_off: Vec<During>,
    /// The guard's clock was wrong.
    pub(super) wrong_clock: Vec<During>,
    /// How often something went wrong.
    pub(super) faults: usize,
    /// What anybody asked of a server or a guard.
    pub(super) operations: usize,
}

/// Takes notes for many at once.
#[derive(Default)]
pub(super) struct Notes {
    history: Mutex<History>,
    more: Condvar,
}

impl Notes {
    pub(super) fn write<T>(&self, write: impl FnOnce(&mut History) -> T) -> T {
        write(&mut self.lock())
    }

    /// One more operation was done.
    pub(super) fn count(&self) {
        self.lock().operations += 1;
        self.more.notify_all();
    }

    /// Waits until so many more operations are done; how many there are then.
    pub(super) fn after(&self, operations: usize) -> usize {
        let history = self.lock();
        let goal = history.operations + operations;
        let few = |history: &mut History| history.operations < goal;
        let waited = self.more.wait_timeout_while(history, PATIENCE, few);
        let (history, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "nobody does anything any more");
        history.operations
    }

    pub(super) fn into_history(self) -> History {
        self.history.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something; when it was begun and when it was over.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (T, Span) {
    let begun = SystemClock.steady();
    let done = work();
    (done, Span { begun, ended: SystemClock.steady() })
}

/// The second that a token issued now has.
pub(super) fn second() -> i64 {
    SystemClock.now().as_second()
}
