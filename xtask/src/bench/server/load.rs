//! Load: `wrk` for what is read, a fixed number of requests for what hashes a password.

use std::{
    error::Error,
    fs,
    process::Command,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use countersign_testing::{http, root};
use serde::Deserialize;
use serde_json::json;

use super::subject::{ADDRESS, PASSWORD, Subject};
use crate::step::{Watch, output};

/// What a window of load showed.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// Answers in a second.
    pub(super) rate: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

/// One line of `bench/server/report.lua`.
#[derive(Deserialize)]
struct Said {
    requests: f64,
    duration: f64,
    p50: f64,
    p99: f64,
    failed: u64,
}

/// Where `wrk` runs and for how long.
#[derive(Clone, Copy)]
pub(super) struct Wrk {
    /// The core it may use; all when absent.
    pub(super) core: Option<usize>,
    pub(super) seconds: u32,
}

impl Wrk {
    /// Asks for one path over and over, with one session after the other; an answer other than a success is an
    /// error of the benchmark.
    pub(super) fn get(
        self,
        subject: &Subject,
        path: &str,
        sessions: &[String],
        connections: u32,
    ) -> Result<Window, Box<dyn Error>> {
        let cookies = tempfile::NamedTempFile::new()?;
        fs::write(&cookies, sessions.join("\n") + "\n")?;
        let mut command = Command::new("wrk");
        if let Some(core) = self.core {
            command = Command::new("taskset");
            command.args(["--cpu-list", &core.to_string(), "wrk"]);
        }
        command.args(["-t1", &format!("-c{connections}"), &format!("-d{}s", self.seconds), "-s"]);
        command.arg(root().join("bench/server/report.lua"));
        command.args([&format!("{}{path}", subject.url), "--"]).arg(cookies.path());
        let said = output(&mut command)?;
        let line = said.lines().rfind(|line| line.starts_with('{')).ok_or("wrk says nothing")?;
        let Said { requests, duration, p50, p99, failed } = serde_json::from_str(line)?;
        if failed > 0 {
            return Err(format!("{failed} requests for {path} failed").into());
        }
        Ok(Window { rate: requests / duration * 1e6, p50_ms: p50 / 1e3, p99_ms: p99 / 1e3 })
    }
}

/// What is posted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    SignIn,
    SignUp,
}

/// Posts so many forms to the server at `url`, so many at once, and waits for every answer. New users are numbered from
/// `first`.
pub(super) fn post(
    url: &str,
    form: Form,
    count: usize,
    at_once: usize,
    first: usize,
) -> Result<Window, Box<dyn Error>> {
    let (next, times) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let watch = Watch::start();
    let send_all = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(());
            }
            let watch = Watch::start();
            send(url, form, first + number)?;
            times.lock().unwrap_or_else(PoisonError::into_inner).push(watch.seconds());
        }
    };
    all(at_once, &send_all)?;
    let seconds = watch.seconds();
    let mut times = times.into_inner().unwrap_or_else(PoisonError::into_inner);
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default() * 1e3;
    Ok(Window { rate: f64::from(u32::try_from(count)?) / seconds, p50_ms: at(50), p99_ms: at(99) })
}

/// Keeps so many sign-ins under way while something else is measured.
pub(super) fn while_signing_in<T>(
    url: &str,
    at_once: usize,
    measure: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let over = AtomicBool::new(false);
    let sign_in = || {
        while !over.load(Ordering::Relaxed) {
            send(url, Form::SignIn, 0)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let background = scope.spawn(|| all(at_once, &sign_in));
        let seen = measure();
        over.store(true, Ordering::Relaxed);
        background.join().map_err(|_| "a sign-in failed")??;
        seen
    })
}

/// Runs the same work so many times at once.
fn all(at_once: usize, work: &(impl Fn() -> Result<(), String> + Sync)) -> Result<(), String> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        let mut ends = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ends.try_for_each(|end| end.unwrap_or_else(|_| Err("a request failed".to_owned())))
    })
}

fn send(url: &str, form: Form, number: usize) -> Result<(), String> {
    let (path, email) = match form {
        Form::SignIn => ("/api/auth/sign-in/email", ADDRESS.to_owned()),
        Form::SignUp => ("/api/auth/sign-up/email", format!("user{number}@example.com")),
    };
    let body = json!({ "name": "Ada", "email": email, "password": PASSWORD }).to_string();
    let headers = [("Content-Type", "application/json"), ("Origin", url)];
    let answer = http::send(url, "POST", path, &headers, Some(&body));
    if answer.status == 200 { Ok(()) } else { Err(format!("{path}: {}", answer.status)) }
}
