//! `countersign session`: who is signed in, and the end of that.

use countersign_jwt::{Clock, SystemClock};
use countersign_server::{
    Findings, ListedSession, SystemEntropy, list_sessions, revoke_session,
    settings::{Settings, Source},
};

use crate::{ConfigFlag, Outcome, WaitFlags, database::look, say::say};

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
        #[command(flatten)]
        wait: WaitFlags,
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
                    say!("{}", describe(session));
                }
                say!("{} sessions", sessions.len());
                Ok(())
            }
            Command::Revoke { id, wait, .. } => {
                let patience = wait.patience();
                let (clock, entropy) = (&SystemClock, &SystemEntropy);
                let confirmed =
                    revoke_session(&settings, &database, id, patience, clock, entropy).await?;
                say!("the session {id} ended");
                confirmed.map_or(Ok(()), |confirmed| WaitFlags::report(&confirmed))
            }
        }
    })
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
