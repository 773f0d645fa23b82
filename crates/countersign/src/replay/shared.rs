//! Asks the auth server, where several processes share their spent tokens.
//!
//! One question for each token, and a second one, under the same name, when a server fails that may be one of
//! several; and one for each attempt that was left without an answer. Without a clear answer in time nobody is let in.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use jiff::Timestamp;
use serde::Serialize;
use tokio::time::timeout;

use super::{
    Name, SharedSpentTokens, SharedSpentTokensError,
    answer::{Answer, MAX_BYTES},
    ask_error::AskError,
    attempt::Open,
};
use crate::{
    calls::{CallError, Downloads, Post, is_this_machine},
    process::Process,
    refusal::Refusal,
};

/// What the tokens are that a guard takes (RFC 8693 §3).
const KIND: &str = "access_token";

pub(super) struct Shared {
    settings: SharedSpentTokens,
    /// Connections are a process's own: they do not outlive a fork.
    calls: Mutex<(Process, Downloads)>,
    open: Open,
    /// In a row.
    failures: AtomicU32,
}

/// What is asked.
#[derive(Serialize)]
struct Question<'q> {
    issuer: &'q str,
    r#type: &'static str,
    jti: &'q str,
    until: i64,
    attempt: &'q str,
}

impl Shared {
    pub(super) fn open(settings: SharedSpentTokens) -> Result<Self, SharedSpentTokensError> {
        // What cannot be set up is to be known now.
        let calls = calls_for(&settings).map_err(SharedSpentTokensError::Client)?;
        let calls = Mutex::new((Process::current(), calls));
        let (open, failures) = (Open::of_this_process(), AtomicU32::default());
        Ok(Self { settings, calls, open, failures })
    }

    /// Whether a request with this token was left without an answer, so that the next one has to ask.
    pub(super) fn is_open(&self, name: &Name) -> bool {
        self.open.has(name)
    }

    /// Spends the token for all processes. Where this is broken off, the next request goes on with it.
    pub(super) async fn spend(
        &self,
        name: &Name,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let settled = timeout(self.settings.patience, self.settle(name, ends_at, now)).await;
        match settled.unwrap_or(Err(CallError::Timeout.into())) {
            Ok(answer) => {
                self.log_recovery();
                match answer {
                    Answer::Counts => Ok(()),
                    Answer::Spent => Err(Refusal::Replayed),
                }
            }
            Err(error) => {
                self.log_failure(&error);
                Err(Refusal::SpentTokensUnavailable)
            }
        }
    }

    /// Asks under the name of one attempt, and of the others that are open for the token: it may count for any.
    async fn settle(
        &self,
        name: &Name,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Result<Answer, AskError> {
        let mut attempt = self.open.attempt(name, ends_at, now);
        let (issuer, jti) = (&*name.0, &*name.1);
        let until = ends_at.as_second();
        loop {
            let question = Question { issuer, r#type: KIND, jti, until, attempt: attempt.text() };
            match self.ask(&question).await? {
                Answer::Counts => {
                    attempt.answered();
                    return Ok(Answer::Counts);
                }
                Answer::Spent => match attempt.next() {
                    Some(next) => attempt = next,
                    None => return Ok(Answer::Spent),
                },
            }
        }
    }

    async fn ask(&self, question: &Question<'_>) -> Result<Answer, AskError> {
        match self.ask_once(question).await {
            Err(error) if error.is_one_servers() => self.ask_once(question).await,
            answer => answer,
        }
    }

    async fn ask_once(&self, question: &Question<'_>) -> Result<Answer, AskError> {
        let calls = self.calls().map_err(AskError::Client)?;
        let SharedSpentTokens { url, credential, .. } = &self.settings;
        // Texts and a number always serialize.
        let body = serde_json::to_string(question).unwrap_or_default();
        let post = Post { url, body, most: MAX_BYTES, credential };
        let (status, body) = calls.post(post).await?;
        Answer::read(status, &body, question.attempt)
    }

    fn calls(&self) -> Result<Downloads, reqwest::Error> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if !calls.0.is_current() {
            let own = (Process::current(), calls_for(&self.settings)?);
            // Those of the process that forked this one cannot be ended here.
            std::mem::forget(std::mem::replace(&mut *calls, own));
        }
        Ok(calls.1.clone())
    }

    /// The first of a row, and ever fewer of the later ones.
    fn log_failure(&self, error: &AskError) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if !failures.is_power_of_two() {
            return;
        }
        let (code, url) = (error.code(), &self.settings.url);
        let error: &dyn std::error::Error = error;
        tracing::warn!(
            target: "countersign::spent_tokens",
            host = url.host_str(),
            path = url.path(),
            code,
            error,
            failures,
            "nobody can say whether a token was spent"
        );
    }

    fn log_recovery(&self) {
        if self.failures.load(Ordering::Relaxed) > 0 {
            let failures = self.failures.swap(0, Ordering::Relaxed);
            let host = self.settings.url.host_str();
            tracing::info!(target: "countersign::spent_tokens", host, failures, "spent tokens are shared again");
        }
    }
}

fn calls_for(settings: &SharedSpentTokens) -> Result<Downloads, reqwest::Error> {
    Downloads::new(is_this_machine(&settings.url))
}
