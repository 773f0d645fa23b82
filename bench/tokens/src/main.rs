//! What `cargo xtask bench tokens` runs against servers that it started: refreshes, guards that follow a
//! feed, and what a guard with a full table of revocations costs. Each prints one line of JSON.

mod check;
mod fan_out;
mod refresh;
mod server;

use std::{env, process::ExitCode};

use serde_json::Value;

/// Why a benchmark cannot run.
type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "tokens refresh SERVER CLIENTS SECONDS | fan-out SERVER GUARDS TIMES | \
                     check FEED ENTRIES SECRET ROUNDS";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("tokens: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match *words {
            ["refresh", server, clients, seconds] => {
                refresh::run(server, clients.parse()?, seconds.parse()?).await
            }
            ["fan-out", server, guards, times] => {
                fan_out::run(server, guards.parse()?, times.parse()?).await
            }
            ["check", feed, entries, secret, rounds] => {
                check::run(feed, entries.parse()?, secret, rounds.parse()?).await
            }
            _ => Err(USAGE.into()),
        }
    })
}
