//! Threads that hash passwords, and nothing else does.
//!
//! A hash takes 32 MiB and keeps a core busy; as many as arrive at once would take the machine
//! down. So there is a fixed number of threads, and a bounded number of sign-ins that wait for
//! them. A slot is taken *before* the user is looked up: who gets none is told to come back, and
//! the answer says nothing about the user.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zeroize::Zeroizing;

use super::{
    scrypt::{self, Salt},
    stored::{Compared, Comparison},
};
use crate::{
    Entropy,
    settings::{FirebaseScrypt, PasswordSettings},
    wire::ApiError,
};

type Job = Box<dyn FnOnce() + Send>;

/// The threads and their queue. They end when it is dropped.
pub(crate) struct HashingPool {
    slots: Arc<Semaphore>,
    jobs: mpsc::Sender<Job>,
    comparison: Arc<Comparison>,
}

impl HashingPool {
    pub(crate) fn start(
        settings: &PasswordSettings,
        firebase: Option<FirebaseScrypt>,
    ) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..settings.threads {
            let queue = Arc::clone(&queue);
            let work = move || {
                while let Ok(job) = next_job(&queue) {
                    job();
                }
            };
            thread::Builder::new().name(format!("password {number}")).spawn(work)?;
        }
        let slots = Arc::new(Semaphore::new(settings.threads + settings.queue));
        Ok(Self { slots, jobs, comparison: Arc::new(Comparison::new(firebase)) })
    }

    /// A place in the queue, or "come back later" when it is full.
    pub(crate) fn slot(&self) -> Result<HashingSlot, ApiError> {
        let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() else {
            tracing::warn!("too many sign-ins wait for a password hash; one was sent away");
            return Err(ApiError::unavailable());
        };
        let (jobs, comparison) = (self.jobs.clone(), Arc::clone(&self.comparison));
        Ok(HashingSlot { jobs, comparison, _permit: permit })
    }
}

fn next_job(queue: &Mutex<mpsc::Receiver<Job>>) -> Result<Job, mpsc::RecvError> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv()
}

/// What became of a password at sign-in.
pub(crate) enum Verified {
    Wrong,
    Right,
    /// Right, and stored in the form of another system: this is the text to store instead.
    RightToRenew(String),
}

/// The right to have one request's passwords worked on.
pub(crate) struct HashingSlot {
    jobs: mpsc::Sender<Job>,
    comparison: Arc<Comparison>,
    _permit: OwnedSemaphorePermit,
}

impl HashingSlot {
    /// The text to store for a new password.
    pub(crate) async fn hash(
        self,
        password: &str,
        entropy: &dyn Entropy,
    ) -> Result<String, ApiError> {
        let password = Zeroizing::new(password.to_owned());
        let salt = Salt::random(entropy);
        self.run(move |_| scrypt::hash(&password, &salt)).await
    }

    /// Whether the password is the stored one. Without a stored one the work is the same, and the
    /// answer is no.
    pub(crate) async fn verify(
        self,
        password: &str,
        stored: Option<String>,
    ) -> Result<bool, ApiError> {
        let password = Zeroizing::new(password.to_owned());
        let stored = Zeroizing::new(stored.unwrap_or_default());
        self.run(move |comparison| comparison.of(&password, &stored) != Compared::Wrong).await
    }

    /// [`verify`](Self::verify), and the text to store instead where the form is another system's.
    pub(crate) async fn verify_and_renew(
        self,
        password: &str,
        stored: Option<&str>,
        entropy: &dyn Entropy,
    ) -> Result<Verified, ApiError> {
        let password = Zeroizing::new(password.to_owned());
        let stored = Zeroizing::new(stored.unwrap_or_default().to_owned());
        let salt = Salt::random(entropy);
        self.run(move |comparison| match comparison.of(&password, &stored) {
            Compared::Wrong => Verified::Wrong,
            Compared::Right => Verified::Right,
            Compared::RightInAnotherForm => Verified::RightToRenew(scrypt::hash(&password, &salt)),
        })
        .await
    }

    /// The text to store for a new password, for whoever knows the stored one; else `None`.
    pub(crate) async fn replace(
        self,
        current: &str,
        stored: &str,
        new: &str,
        entropy: &dyn Entropy,
    ) -> Result<Option<String>, ApiError> {
        let secrets = [current, stored, new].map(|text| Zeroizing::new(text.to_owned()));
        let salt = Salt::random(entropy);
        self.run(move |comparison| {
            let [current, stored, new] = &secrets;
            let is_right = comparison.of(current, stored) != Compared::Wrong;
            is_right.then(|| scrypt::hash(new, &salt))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Comparison) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let (done, answer) = oneshot::channel();
        let (comparison, span) = (self.comparison, tracing::Span::current());
        let job = move || {
            // Whoever asked may have gone away meanwhile.
            let _ = done.send(span.in_scope(|| work(&comparison)));
        };
        self.jobs.send(Box::new(job)).map_err(|_| ApiError::unavailable())?;
        answer.await.map_err(|_| ApiError::unavailable())
    }
}
