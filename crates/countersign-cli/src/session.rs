//! `countersign session`: who is signed in, and the end of that.

use std::time::Duration;

use countersign_jwt::{Clock, SystemClock};
use countersign_server::{
    Confirmation, Findings, ListedSession, SystemEntropy, list_sessions, revoke_session,
    settings::{Settings, Source},
};

use crate::{ConfigFlag, Outcome, database::look};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Lists the sessions of a user.
    List {
        /// The user's address or id.
        user: String,
        #[command(flatten)]
        config: ConfigFlag,
    },
    /// Ends a session and every token that was issued in it.
    Revoke {
        /// The session's id: `sid` in its tokens.
        id: String,
        /// Waits until every registered guard has taken it in; an error names those that have not.
        #[arg(long)]
        wait: bool,
        /// For how many seconds to wait.
        #[arg(long, default_value_t = 10, requires = "wait")]
        timeout: u64,
        #[command(flatten)]
        config: ConfigFlag,
    },
}

pub(crate) fn run(command: &Command) -> Outcome {
    let (Command::List { config, .. } | Command::Revoke { config, .. }) = command;
    let settings = Settings::read(&Source::of_process(config.config.clone()), &SystemEntropy)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Findings { database, .. } = look(&settings).await?;
        match command {
            Command::List { user, .. } => {
                let sessions = list_sessions(&settings, &database, user, SystemClock.now()).await?;
                for session in &sessions {
                    println!("{}", describe(session));
                }
                println!("{} sessions", sessions.len());
                Ok(())
            }
            Command::Revoke { id, wait, timeout, .. } => {
                let patience = wait.then(|| Duration::from_secs(*timeout));
                let (clock, entropy) = (&SystemClock, &SystemEntropy);
                let confirmed =
                    revoke_session(&settings, &database, id, patience, clock, entropy).await?;
                println!("the session {id} ended");
                confirmed.map_or(Ok(()), |confirmed| report(&confirmed))
            }
        }
    })
}

fn report(Confirmation { confirmed, missing, .. }: &Confirmation) -> Outcome {
    if missing.is_empty() {
        println!("every registered guard refuses its tokens: {}", confirmed.len());
        return Ok(());
    }
    let (count, names) = (confirmed.len(), missing.join(", "));
    Err(format!(
        "{count} guards have taken it in; not yet: {names}. They refuse everything once what they know is \
         older than their max_staleness"
    )
    .into())
}

fn describe(session: &ListedSession) -> String {
    let or_unknown = |text: &Option<String>| match text.as_deref() {
        None | Some("") => "unknown".to_owned(),
        Some(text) => text.chars().filter(|letter| !letter.is_control()).collect(),
    };
    format!(
        "{} since {:.0} until {:.0} from {} with {}",
        session.id,
        session.created_at,
        session.expires_at,
        or_unknown(&session.ip_address),
        or_unknown(&session.user_agent),
    )
}
