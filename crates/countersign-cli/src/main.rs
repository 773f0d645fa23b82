//! `countersign`: the auth server and its tools.

#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "they panic where nobody reads; see `say`"
)]

mod database;
mod keys;
mod migrate;
mod revoke;
mod say;
mod secret;
mod serve;
mod session;
mod token;
mod user;
mod wait;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use countersign_server::settings::{keys::KEYS, social};
use mimalloc::MiMalloc;

use self::wait::WaitFlags;

/// A password hash works on 32 MiB. The system's allocator gives them back after each hash and gets
/// them anew, page by page, for the next: that takes a third of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Better Auth for every backend: an auth server that the Better Auth client cannot tell from the
/// original.
#[derive(Parser)]
#[command(name = "countersign", version, after_long_help = settings_help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the auth server until it is told to stop (Ctrl-C or SIGTERM).
    Serve(serve::Flags),
    /// Looks at the database and, when told to, adds what is missing.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Looks after the keys that sign tokens.
    Keys(keys::Keys),
    /// Ends everything that was issued before a moment: after a database was restored from a copy.
    Revoke(revoke::Flags),
    /// Makes secrets.
    #[command(subcommand)]
    Secret(secret::Command),
    /// Looks after sessions.
    #[command(subcommand)]
    Session(session::Command),
    /// Looks into tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// Looks after users.
    #[command(subcommand)]
    User(user::Command),
    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// The file with settings, for commands that need them.
#[derive(clap::Args)]
struct ConfigFlag {
    /// A TOML file with settings; the environment wins over it.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(flags) => serve::run(flags),
        Command::Migrate(command) => migrate::run(&command),
        Command::Keys(keys) => keys::run(&keys),
        Command::Revoke(flags) => revoke::run(&flags),
        Command::Secret(command) => {
            secret::run(&command);
            Ok(())
        }
        Command::Session(command) => session::run(&command),
        Command::Token(command) => token::run(&command),
        Command::User(command) => user::run(&command),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "countersign", &mut script);
            say::text(&script);
            Ok(())
        }
    };
    match done.and_then(|()| say::said()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::aside(error);
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<(), Box<dyn Error>>;

fn settings_help() -> String {
    let described = KEYS.iter().map(|key| {
        let variable = key.alias.map_or_else(|| key.variable(), str::to_owned);
        let default = match key.default {
            "" => String::new(),
            default => format!(" [{default}]"),
        };
        format!("  {} ({variable})\n      {}{default}", key.name, key.help)
    });
    let of_providers = social::KEYS.iter().map(|(key, help)| format!("  {key}\n      {help}"));
    let heading = "Settings, each a key of the TOML file and a variable:".to_owned();
    let second = "Settings of identity providers, keys of a table [social.ID] or variables \
                  COUNTERSIGN_SOCIAL__<ID>__<KEY>:"
        .to_owned();
    let lines = std::iter::once(heading).chain(described);
    lines.chain([String::new(), second]).chain(of_providers).collect::<Vec<_>>().join("\n")
}
