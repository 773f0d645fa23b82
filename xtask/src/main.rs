//! `cargo xtask up` runs everything, `cargo xtask test` tests everything, `cargo xtask bench` measures.

mod bench;
mod differential;
mod fuzz;
mod machine;
mod mutants;
mod python;
mod step;
mod test;
mod threats;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs, tests and measures Countersign as a whole.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds and starts the auth server, the task API and the web app; Ctrl-C stops them.
    Up(up::Flags),
    /// Installs what the tests need and runs every test in the repository.
    Test(test::Flags),
    /// Measures beside peers and writes docs/performance.
    Bench(bench::Flags),
    /// Has forged tokens judged by our verifier and by others.
    Differential(differential::Flags),
    /// Breaks verifier and guard in many ways; the tests have to notice each.
    Mutants(mutants::Flags),
    /// Lists the cases of the catalogue of attacks and the tests that answer them.
    Threats,
    /// Feeds strange bytes to whatever reads them first.
    Fuzz(fuzz::Flags),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Up(flags) => up::run(&flags),
        Command::Test(flags) => test::run(&flags),
        Command::Bench(flags) => bench::run(&flags),
        Command::Differential(flags) => differential::run(&flags),
        Command::Mutants(flags) => mutants::run(&flags),
        Command::Threats => threats::run(),
        Command::Fuzz(flags) => fuzz::run(&flags),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;
