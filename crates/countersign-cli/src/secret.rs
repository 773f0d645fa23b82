//! `countersign secret`.

use countersign_server::{Entropy, SystemEntropy};

use crate::say::say;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Prints a new secret of 256 bits for `BETTER_AUTH_SECRET`: 64 hexadecimal digits.
    Generate,
}

pub(crate) fn run(Command::Generate: &Command) {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    say!("{}", hex::encode(bytes));
}
