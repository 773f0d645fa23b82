//! `countersign keys`: the keys that sign tokens, as they lie in the database.

mod words;

use std::time::Duration;

use countersign_jwt::{Clock, SystemClock};
use countersign_server::{
    FeatureState, Findings, Plan, Stage, SystemEntropy, WhyOff, activate_key,
    activate_key_when_held, guard_reports, plan_keys, retire_key, rewrap_keys,
    settings::{Settings, Source},
    stage_key, stored_keys,
};
use countersign_store::Database;
use jiff::Timestamp;

use self::words::{by_whom, describe, how, next_step, report, stage};
use crate::{ConfigFlag, Outcome, database::look, say::say};

#[derive(clap::Args)]
pub(crate) struct Keys {
    #[command(flatten)]
    config: ConfigFlag,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Lists the keys, where each is in its life, whether the secrets at hand open its private half, and which
    /// registered guards hold it.
    List,
    /// Says what the next step is, and the earliest moment at which it is safe.
    Plan,
    /// Makes the next key and publishes it. It signs nothing yet.
    Stage,
    /// Lets the staged key sign, and retires the one that did.
    Activate {
        #[command(flatten)]
        wait: WaitFlags,
        /// Does not wait until verifiers are sure to know the key: for a key that was stolen. Tokens may be refused
        /// for some minutes.
        #[arg(long, conflicts_with = "wait")]
        at_once: bool,
    },
    /// Takes the next step of a rotation: stages a key, or lets the staged one sign when that is safe.
    Rotate {
        #[command(flatten)]
        wait: WaitFlags,
        /// Stages and activates in one step: for a key that was stolen. Tokens may be refused for some minutes.
        #[arg(long, conflicts_with = "wait")]
        at_once: bool,
    },
    /// Ends a key: it signs nothing more and is published for `token.grace_period`.
    Retire {
        /// Which key, as `list` shows it.
        kid: String,
        /// It is not published any more, either: its tokens are refused as soon as verifiers ask again.
        #[arg(long)]
        withdraw: bool,
    },
    /// Encrypts private halves with the current secret that an older one encrypted, all or none.
    /// Afterwards the older secret can go.
    Rewrap {
        /// Says what would be done, and does nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Whether to wait for guards.
#[derive(clap::Args, Clone, Copy)]
struct WaitFlags {
    /// Waits until every registered guard holds the staged key, and lets it sign then, also before
    /// `token.publish_ahead` is over; an error names the guards that do not, and nothing changes. Whoever verifies
    /// tokens and is no registered guard is not waited for.
    #[arg(long)]
    wait: bool,
    /// For how many seconds to wait.
    #[arg(long, default_value_t = 600, requires = "wait")]
    timeout: u64,
}

/// What the staged key needs to sign.
enum When {
    /// The time at which verifiers are sure to know it.
    Safe,
    /// Nothing.
    AtOnce,
    /// Guards that say that they hold it, for so long.
    Held(Duration),
}

impl When {
    fn of(at_once: bool, WaitFlags { wait, timeout }: WaitFlags) -> Self {
        match (at_once, wait) {
            (true, _) => Self::AtOnce,
            (false, true) => Self::Held(Duration::from_secs(timeout)),
            (false, false) => Self::Safe,
        }
    }
}

pub(crate) fn run(keys: &Keys) -> Outcome {
    let source = Source::of_process(keys.config.config.clone());
    let settings = Settings::read(&source, &SystemEntropy)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Findings { database, features, .. } = look(&settings).await?;
        let lacks = |state: &&FeatureState| matches!(state.off, Some(WhyOff::Lack(_)));
        if let Some(state) = features.iter().filter(lacks).find(|state| state.id == "jwt") {
            return Err(state.to_string().into());
        }
        take(&keys.command, &settings, &database, SystemClock.now()).await
    })
}

async fn take(
    command: &Command,
    settings: &Settings,
    database: &Database,
    now: Timestamp,
) -> Outcome {
    match command {
        Command::List => {
            let keys = stored_keys(settings, database, now).await?;
            let reports = guard_reports(settings, database, now).await?;
            for key in &keys {
                let is_published = !matches!(key.stage, Stage::Withdrawn);
                let reports = reports.as_ref().filter(|_| is_published);
                let holders = reports.map(|reports| reports.of(&key.kid));
                let held = holders.as_ref().and_then(by_whom);
                let held = held.map_or_else(String::new, |held| format!("; {held}"));
                say!("{}: {}; {}{held}", describe(key), stage(key), how(&key.kept));
            }
            say!("{} keys in {}", keys.len(), settings.database);
            Ok(())
        }
        Command::Plan => tell_plan(settings, database, now).await,
        Command::Stage => staged(settings, database, now).await,
        Command::Activate { at_once, wait } => {
            activated(settings, database, now, When::of(*at_once, *wait)).await
        }
        Command::Rotate { at_once, wait } => {
            let when = When::of(*at_once, *wait);
            match (plan_keys(settings, database, now).await?, when) {
                (Plan::Stage | Plan::NoKey, When::Safe) => staged(settings, database, now).await,
                (Plan::Stage | Plan::NoKey, when) => {
                    staged(settings, database, now).await?;
                    activated(settings, database, now, when).await
                }
                (Plan::Wait { .. }, When::Safe) => tell_plan(settings, database, now).await,
                (_, when) => activated(settings, database, now, when).await,
            }
        }
        Command::Retire { kid, withdraw } => {
            retire_key(settings, database, kid, now, *withdraw).await?;
            let published =
                if *withdraw { "is not published any more" } else { "is still published" };
            say!("{kid} signs nothing from now on and {published}");
            Ok(())
        }
        Command::Rewrap { dry_run: true } => {
            report(&stored_keys(settings, database, now).await?, "would be encrypted")
        }
        Command::Rewrap { dry_run: false } => {
            let keys = rewrap_keys(settings, database, now, &SystemEntropy).await?;
            report(&keys, "was encrypted")
        }
    }
}

async fn staged(settings: &Settings, database: &Database, now: Timestamp) -> Outcome {
    let kid = stage_key(settings, database, now, &SystemEntropy).await?;
    say!("{kid} is published and signs nothing yet");
    tell_plan(settings, database, now).await
}

/// What comes next, and which guards hold the key that it is about.
async fn tell_plan(settings: &Settings, database: &Database, now: Timestamp) -> Outcome {
    let plan = plan_keys(settings, database, now).await?;
    say!("{}", next_step(&plan));
    match &plan {
        Plan::Wait { kid, .. } | Plan::Activate { kid } => {
            tell_holders(settings, database, kid, now).await
        }
        _ => Ok(()),
    }
}

async fn tell_holders(
    settings: &Settings,
    database: &Database,
    kid: &str,
    now: Timestamp,
) -> Outcome {
    if let Some(reports) = guard_reports(settings, database, now).await?
        && let Some(held) = by_whom(&reports.of(kid))
    {
        say!("{kid} is {held}");
    }
    Ok(())
}

async fn activated(
    settings: &Settings,
    database: &Database,
    now: Timestamp,
    when: When,
) -> Outcome {
    let kid = match when {
        When::Safe => activate_key(settings, database, now, false).await?,
        When::AtOnce => activate_key(settings, database, now, true).await?,
        When::Held(patience) => {
            activate_key_when_held(settings, database, patience, &SystemClock).await?
        }
    };
    say!("{kid} signs from now on; running servers know it within a second");
    // It signs, whether guards can be read or not.
    let _ = tell_holders(settings, database, &kid, SystemClock.now()).await;
    Ok(())
}
