//! `countersign user`: what an operator does for a user.

use std::io;

use countersign_jwt::{Clock, SystemClock};
use countersign_server::{
    Findings, SystemEntropy, set_password,
    settings::{Settings, Source},
};

use crate::{ConfigFlag, Outcome, database::look};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Sets the password of a user who has none; reads it from the first line of standard input.
    SetPassword {
        /// The user's address.
        email: String,
        /// Replaces a password that is there, and ends all sessions of the user.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        config: ConfigFlag,
    },
}

pub(crate) fn run(command: &Command) -> Outcome {
    let Command::SetPassword { email, replace, config } = command;
    let settings = Settings::read(&Source::of_process(config.config.clone()), &SystemEntropy)?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Findings { database, .. } = look(&settings).await?;
        let now = SystemClock.now();
        set_password(&settings, &database, email, password, *replace, now, &SystemEntropy).await?;
        println!("the password of {email} is set");
        Ok(())
    })
}
