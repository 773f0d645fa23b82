//! `countersign keys`: the keys that sign tokens, as they lie in the database.

use std::time::Duration;

use countersign_jwt::{Clock, SystemClock};
use countersign_server::{
    FeatureState, Findings, Holders, Kept, Plan, Stage, StoredKey, SystemEntropy, WhyOff,
    activate_key, activate_key_when_held, guard_reports, plan_keys, retire_key, rewrap_keys,
    settings::{Settings, Source},
    stage_key, stored_keys,
};
use countersign_store::Database;
use jiff::Timestamp;

use crate::{ConfigFlag, Outcome, database::look};

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
                let holders = reports.as_ref().map(|reports| reports.of(&key.kid));
                let held = holders.as_ref().and_then(by_whom);
                let held = held.map_or_else(String::new, |held| format!("; {held}"));
                println!("{}: {}; {}{held}", describe(key), stage(key), how(&key.kept));
            }
            println!("{} keys in {}", keys.len(), settings.database);
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
            println!("{kid} signs nothing from now on and {published}");
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
    println!("{kid} is published and signs nothing yet");
    tell_plan(settings, database, now).await
}

/// What comes next, and which guards hold the key that it is about.
async fn tell_plan(settings: &Settings, database: &Database, now: Timestamp) -> Outcome {
    let plan = plan_keys(settings, database, now).await?;
    println!("{}", next_step(&plan));
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
        println!("{kid} is {held}");
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
    println!("{kid} signs from now on; running servers know it within a second");
    tell_holders(settings, database, &kid, SystemClock.now()).await
}

fn next_step(plan: &Plan) -> String {
    match plan {
        Plan::NoKey => "there is no key yet; the first request for a token makes one".to_owned(),
        Plan::Stage => "next: `countersign keys stage` publishes the next key".to_owned(),
        Plan::Wait { kid, safe_at } => {
            format!("next: {kid} may sign from {safe_at:.0} on; then `countersign keys activate`")
        }
        Plan::Activate { kid } => {
            format!(
                "next: `countersign keys activate` lets {kid} sign; token.publish_ahead is over"
            )
        }
        _ => "the next step is not known to this program".to_owned(),
    }
}

/// What became of each key; an error when one cannot be opened, so that nobody removes a secret
/// on the strength of this.
fn report(keys: &[StoredKey], done: &str) -> Outcome {
    for key in keys {
        let what = match &key.kept {
            Kept::Older(_) => format!("{}; it {done} with the current one", how(&key.kept)),
            kept => format!("{}; left as it is", how(kept)),
        };
        println!("{}: {what}", describe(key));
    }
    let count = |wanted: fn(&Kept) -> bool| keys.iter().filter(|key| wanted(&key.kept)).count();
    let older = count(|kept| matches!(kept, Kept::Older(_)));
    println!("{older} of {} keys {done} with the current secret", keys.len());
    match count(|kept| matches!(kept, Kept::Closed(_))) {
        0 => Ok(()),
        closed => Err(format!(
            "{closed} of {} keys cannot be opened and sign nothing; keep every secret until they \
             are, or remove their rows once their last tokens are over",
            keys.len()
        )
        .into()),
    }
}

fn describe(key: &StoredKey) -> String {
    let algorithm = key.algorithm.as_deref().unwrap_or("no algorithm");
    format!("{} {algorithm}", key.kid)
}

fn stage(key: &StoredKey) -> String {
    let until = key.expires_at.map_or_else(String::new, |at| format!(" until {at:.0}"));
    match key.stage {
        Stage::Staged(since) => format!("staged since {since:.0}"),
        Stage::Signing => format!("signs, made {:.0}{until}", key.created_at),
        Stage::Spare => format!("could sign{until}, made {:.0}", key.created_at),
        Stage::Retired(published) => format!("retired{until}, published until {published:.0}"),
        Stage::Withdrawn => format!("withdrawn, signed{until}"),
        _ => "in a stage that this program does not know".to_owned(),
    }
}

/// Which registered guards hold a key; `None` where there are none.
fn by_whom(holders: &Holders) -> Option<String> {
    let Holders { holding, lacking, silent, .. } = holders;
    let guards = holders.guards();
    if guards == 0 {
        return None;
    }
    let but = |what: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!(", {what} {}", names.join(", ")),
    };
    let (lacking, silent) = (but("not held by", lacking), but("not known of", silent));
    Some(format!("held by {} of {guards} guards{lacking}{silent}", holding.len()))
}

fn how(kept: &Kept) -> String {
    match kept {
        Kept::Current => "encrypted with the current secret".to_owned(),
        Kept::Older(Some(number)) => format!("encrypted with secret {number}"),
        Kept::Older(None) => "encrypted with the secret without a number".to_owned(),
        Kept::Clear => "in the clear".to_owned(),
        Kept::Closed(reason) => format!("cannot be opened: {reason}"),
        _ => "kept in another way".to_owned(),
    }
}
