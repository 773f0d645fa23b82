//! `cargo xtask bench tokens`: refresh tokens, what a guard with a million revocations costs, and how fast
//! two hundred guards hear of one more.
//!
//! Nobody else's server is beside ours here: Better Auth has no refresh tokens of its own clients and no
//! feed. The figure to beat is the one that Keycloak publishes, 120 refreshes a second and core.

mod goals;
mod page;

use std::{
    error::Error,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use countersign_jwt::{Algorithm, Clock, SigningKey, SystemClock};
use countersign_testing::{
    Running, SECRET, feed::Feed, file_in, free_port, postgres::Postgres, root,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Options, goal, host::pinned, spread::Spread};
use crate::{
    Outcome, machine,
    step::{Steps, output, run as run_program},
};

/// How often everything is measured, and for how long.
struct Plan {
    rounds: usize,
    seconds: usize,
    clients: &'static [usize],
    /// How many revocations all guards have to confirm.
    revocations: usize,
}

const FULL: Plan = Plan { rounds: 5, seconds: 5, clients: &[1, 16, 64], revocations: 100 };
const QUICK: Plan = Plan { rounds: 1, seconds: 2, clients: &[16], revocations: 20 };

/// Between two times that entries come while a guard decides, and how many, in turn.
const NEWS_EVERY: Duration = Duration::from_millis(50);
const NEWS: [usize; 3] = [1, 500, 5000];

/// How many entries a guard holds when it is measured.
const ENTRIES: usize = 1_000_000;

/// How many guards follow one server.
const GUARDS: usize = 200;

const SQLITE: &str = "SQLite";
const POSTGRES: &str = "PostgreSQL";

/// Refreshes in a window, as `bench/tokens` says them.
#[derive(Deserialize)]
struct Window {
    count: f64,
    seconds: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// So many clients at once on one database, round by round.
struct RefreshRow {
    database: &'static str,
    clients: usize,
    windows: Vec<Window>,
}

/// A guard that holds [`ENTRIES`].
#[derive(Default, Deserialize)]
struct Check {
    bytes: f64,
    /// A decision about a token that is known, round by round.
    ns: Vec<f64>,
    /// What it takes more after a few entries came.
    few_ns: Vec<f64>,
    /// What it takes more after many came.
    many_ns: Vec<f64>,
    /// What it takes more after so many that every token is looked up among all.
    all_ns: Vec<f64>,
    /// What a token that is not remembered takes more than without a feed.
    first_ns: Vec<f64>,
}

/// Until [`GUARDS`] have confirmed.
#[derive(Default, Deserialize)]
struct FanOut {
    p50_ms: f64,
    p99_ms: f64,
}

/// Everything the page is about.
#[derive(Default)]
struct Report {
    refreshes: Vec<RefreshRow>,
    check: Check,
    fan_out: FanOut,
}

pub(super) fn run(options: &Options) -> Outcome {
    let plan = if options.quick { QUICK } else { FULL };
    let mut report = Report::default();
    let mut steps = Steps::new(5);
    steps.step("building", || {
        machine::require_node()?;
        let server = ["build", "--release", "--locked", "--package", "countersign-cli"];
        run_program(Command::new("cargo").current_dir(root()).args(server))?;
        let load = ["build", "--release", "--locked", "--package", "bench-tokens"];
        run_program(Command::new("cargo").current_dir(root().join("bench")).args(load))
    })?;
    steps.step("refreshing on SQLite", || {
        let folder = tempfile::tempdir()?;
        let fresh = |number| Ok(file_in(&folder, &format!("auth{number}.db")));
        report.refreshes.extend(refreshes(SQLITE, fresh, &plan, options.core)?);
        Ok(())
    })?;
    steps.step("refreshing on PostgreSQL", || {
        let postgres = Postgres::start()?;
        let fresh = |number| Ok(postgres.new_database(&format!("auth{number}"))?);
        report.refreshes.extend(refreshes(POSTGRES, fresh, &plan, options.core)?);
        Ok(())
    })?;
    steps.step("deciding with a million revocations", || {
        report.check = check(&plan, options.core)?;
        Ok(())
    })?;
    steps.step("telling two hundred guards", || {
        let folder = tempfile::tempdir()?;
        let server = Server::start(&file_in(&folder, "auth.db"), options.core)?;
        let (guards, times) = (GUARDS.to_string(), plan.revocations.to_string());
        report.fan_out = said(&["fan-out", &server.url, &guards, &times], beside(options.core))?;
        Ok(())
    })?;
    let goals = goals::of(&report);
    let page = page::write(&report, &goals, &plan, options)?;
    println!("\n{}", page::for_terminal(&report, &goals));
    println!("Written to {page}, after {:.0} s.", steps.seconds());
    if options.check { goal::check(&goals) } else { Ok(()) }
}

/// Each window has a database and a server of its own.
fn refreshes(
    kind: &'static str,
    fresh: impl Fn(usize) -> Result<String, Box<dyn Error>>,
    plan: &Plan,
    core: usize,
) -> Result<Vec<RefreshRow>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for (index, &clients) in plan.clients.iter().enumerate() {
        let mut windows = Vec::new();
        for round in 0..plan.rounds {
            let server = Server::start(&fresh(index * plan.rounds + round)?, core)?;
            let (clients, seconds) = (clients.to_string(), plan.seconds.to_string());
            windows.push(said(&["refresh", &server.url, &clients, &seconds], beside(core))?);
        }
        let row = RefreshRow { database: kind, clients, windows };
        println!("   {}", page::short(&row));
        rows.push(row);
    }
    Ok(rows)
}

fn check(plan: &Plan, core: usize) -> Result<Check, Box<dyn Error>> {
    let now = SystemClock.now().as_second();
    let key = SigningKey::from_secret(Algorithm::Hs256, SECRET.as_bytes())?;
    let feed = Feed::start("https://auth.example.com", key, now);
    for number in 0..ENTRIES {
        feed.revoke_token(&format!("token-{number}"), now + 3600);
    }
    let (entries, rounds) = (ENTRIES.to_string(), (4 * plan.rounds).to_string());
    let url = feed.url();
    let words = ["check", &url, &entries, SECRET, &rounds];
    let is_measured = AtomicBool::new(true);
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in (0..).take_while(|_| is_measured.load(Ordering::Relaxed)) {
                let news = NEWS[number % NEWS.len()];
                let entries = (0..news).map(|entry| format!("later-{number}-{entry}"));
                feed.revoke_tokens(entries, now + 3600);
                pause();
            }
        });
        let said = said(&words, core);
        is_measured.store(false, Ordering::Relaxed);
        said
    })
}

#[expect(clippy::disallowed_methods, reason = "news come now and then")]
fn pause() {
    thread::sleep(NEWS_EVERY);
}

/// What the program of `bench/tokens` says, on one core.
fn said<T: DeserializeOwned>(words: &[&str], core: usize) -> Result<T, Box<dyn Error>> {
    let program = root().join("target/bench/release/tokens");
    Ok(serde_json::from_str(&output(pinned(core, &program).args(words))?)?)
}

/// Where the load goes: not to the core that is measured, where there is another.
fn beside(core: usize) -> usize {
    (core + 1) % thread::available_parallelism().map_or(1, Into::into)
}

/// Our server on one core.
struct Server {
    url: String,
    _process: Running,
}

impl Server {
    fn start(database: &str, core: usize) -> Result<Self, Box<dyn Error>> {
        let port = free_port()?;
        let url = format!("http://127.0.0.1:{port}");
        let mut command = pinned(core, &root().join("target/release/countersign"));
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .env("BETTER_AUTH_URL", &url)
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("DATABASE_URL", database)
            .env("COUNTERSIGN_RATE_LIMIT__ENABLED", "false")
            .env("COUNTERSIGN_BEARER__ENABLED", "true")
            .env("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true")
            .env("COUNTERSIGN_REFRESH_TOKENS__FAMILIES_PER_USER", "1000")
            .env(
                "COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS",
                "bench:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5",
            );
        Ok(Self { url, _process: Running::start(&mut command, "countersign serves")? })
    }
}

impl RefreshRow {
    /// Refreshes a second.
    fn rate(&self) -> Option<Spread> {
        Spread::of(self.windows.iter().map(|window| window.count / window.seconds))
    }

    fn middle(&self, figure: fn(&Window) -> f64) -> f64 {
        Spread::of(self.windows.iter().map(figure)).map_or(f64::NAN, |spread| spread.median)
    }
}
