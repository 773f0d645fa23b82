//! `countersign user`: what an operator does for a user, and to one.

use std::{io, time::Duration};

use clap::builder::NonEmptyStringValueParser;
use countersign_jwt::SystemClock;
use countersign_server::{
    Findings, SystemEntropy, UserChange, change_user, set_password,
    settings::{Settings, Source, parse_span},
};
use jiff::SignedDuration;

use crate::{ConfigFlag, Outcome, WaitFlags, database::look, say::say};

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
    /// Keeps a user out: ends their sessions and tokens, and lets them sign in no more.
    Ban {
        /// The user's address or id.
        user: String,
        /// Why, for whoever looks at the user later.
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        reason: Option<String>,
        /// For how long, such as 12h or 7d; without, as long as the settings say: for good, unless they say otherwise.
        #[arg(long = "for", value_name = "SPAN", value_parser = span)]
        span: Option<SignedDuration>,
        #[command(flatten)]
        wait: WaitFlags,
        #[command(flatten)]
        config: ConfigFlag,
    },
    /// Lets a banned user in again.
    Unban {
        /// The user's address or id.
        user: String,
        #[command(flatten)]
        config: ConfigFlag,
    },
    /// Gives a user a role, and ends the tokens that say another one. Sessions go on.
    Role {
        /// The user's address or id.
        user: String,
        /// The role, or several with commas between, such as admin or user,editor.
        #[arg(value_parser = roles)]
        role: String,
        #[command(flatten)]
        wait: WaitFlags,
        #[command(flatten)]
        config: ConfigFlag,
    },
}

fn span(text: &str) -> Result<SignedDuration, String> {
    let span = parse_span(text).filter(|span| !span.is_zero());
    span.ok_or_else(|| "not a span of time: write seconds, or a number and s, m, h or d".to_owned())
}

/// Nobody means a role whose name begins or ends with a blank, and `token.role_scopes` cannot name it. Within a name
/// Better Auth takes one.
fn roles(text: &str) -> Result<String, String> {
    if text.split(',').all(|role| !role.is_empty() && role.trim() == role) {
        return Ok(text.to_owned());
    }
    Err("write roles with nothing but a comma between, such as user,editor".to_owned())
}

pub(crate) fn run(command: &Command) -> Outcome {
    let (Command::SetPassword { config, .. }
    | Command::Ban { config, .. }
    | Command::Unban { config, .. }
    | Command::Role { config, .. }) = command;
    let settings = Settings::read(&Source::of_process(config.config.clone()), &SystemEntropy)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::SetPassword { email, replace, .. } => {
                let mut line = String::new();
                io::stdin().read_line(&mut line)?;
                let password = line.trim_end_matches(['\r', '\n']);
                let Findings { database, .. } = look(&settings).await?;
                let (clock, entropy) = (&SystemClock, &SystemEntropy);
                set_password(&settings, &database, email, password, *replace, clock, entropy)
                    .await?;
                say!("the password of {email} is set");
                Ok(())
            }
            Command::Ban { user, reason, span, wait, .. } => {
                let ban = UserChange::Ban { reason: reason.clone(), expires_in: *span };
                change(&settings, user, ban, Some(wait)).await
            }
            Command::Unban { user, .. } => change(&settings, user, UserChange::Unban, None).await,
            Command::Role { user, role, wait, .. } => {
                change(&settings, user, UserChange::Role(role.clone()), Some(wait)).await
            }
        }
    })
}

async fn change(
    settings: &Settings,
    user: &str,
    change: UserChange,
    wait: Option<&WaitFlags>,
) -> Outcome {
    let Findings { database, .. } = look(settings).await?;
    let patience: Option<Duration> = wait.and_then(WaitFlags::patience);
    let (clock, entropy) = (&SystemClock, &SystemEntropy);
    let done = change.clone();
    let changed = change_user(settings, &database, user, change, patience, clock, entropy).await?;
    match (done, changed.banned_until) {
        (UserChange::Ban { .. }, Some(end)) => say!("{user} is banned until {end:.0}"),
        (UserChange::Ban { .. }, None) => say!("{user} is banned for good"),
        (UserChange::Unban, _) => say!("{user} may sign in again"),
        (UserChange::Role(role), _) => say!("the role of {user} is {role}"),
    }
    if let Some(why) = changed.tokens_stay {
        say!("tokens that were issued before stay good until they expire: {why}");
    }
    changed.confirmation.map_or(Ok(()), |confirmed| WaitFlags::report(&confirmed))
}
