//! `cargo xtask bench`: how fast it is, beside its peers, in one run on one machine.
//!
//! Every benchmark prints what it does and a table, writes both with charts to `docs/performance/`, and
//! knows the goals that `--check` holds it to.

mod chart;
mod frame;
mod goal;
mod host;
mod rounds;
mod server;
mod spread;
mod text;
mod tokens;
mod verify;
mod worker;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::Outcome;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(clap::Subcommand)]
enum Bench {
    /// Token verification beside libraries for Rust, Python and Node.
    Verify(Options),
    /// The auth server beside Better Auth on Node, on the same databases.
    Server(Options),
    /// Refresh tokens, and guards that hold a million revocations.
    Tokens(Options),
}

#[derive(clap::Args)]
struct Options {
    /// Fewer and shorter rounds: under three minutes once everything is built.
    #[arg(long)]
    quick: bool,
    /// Fails when a goal is missed, and names it.
    #[arg(long)]
    check: bool,
    /// The core on which everything is measured.
    #[arg(long, default_value_t = 0)]
    core: usize,
    /// The date to write into the page, instead of today's.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
}

impl Options {
    fn date(&self) -> Date {
        self.date.unwrap_or_else(today)
    }
}

pub(crate) fn run(flags: &Flags) -> Outcome {
    match &flags.bench {
        Bench::Verify(options) => verify::run(options),
        Bench::Server(options) => server::run(options),
        Bench::Tokens(options) => tokens::run(options),
    }
}

#[expect(clippy::disallowed_methods, reason = "a page of figures says when they were seen")]
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}
