//! `countersign keys`: the keys that sign tokens, as they lie in the database.

use countersign_server::{
    Kept, StoredKey, SystemEntropy, inspect, rewrap_keys,
    settings::{Settings, Source},
    stored_keys,
};

use crate::{ConfigFlag, Outcome};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Lists the keys, and whether the secrets at hand open their private halves.
    List(ConfigFlag),
    /// Encrypts private halves with the current secret that an older one encrypted, all or none.
    /// Afterwards the older secret can go.
    Rewrap {
        /// Says what would be done, and does nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        config: ConfigFlag,
    },
}

pub(crate) fn run(command: &Command) -> Outcome {
    let (Command::List(config) | Command::Rewrap { config, .. }) = command;
    let settings = Settings::read(&Source::of_process(config.config.clone()), &SystemEntropy)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (database, inspection) = inspect(&settings).await?;
        if !inspection.is_complete() {
            let database = &settings.database;
            return Err(format!("{database} lacks tables; see `countersign migrate status`").into());
        }
        match command {
            Command::List(_) => {
                let keys = stored_keys(&settings, &database).await?;
                for key in &keys {
                    println!("{}: {}", describe(key), how(&key.kept));
                }
                println!("{} keys in {}", keys.len(), settings.database);
                Ok(())
            }
            Command::Rewrap { dry_run: true, .. } => {
                report(&stored_keys(&settings, &database).await?, "would be encrypted")
            }
            Command::Rewrap { dry_run: false, .. } => {
                let keys = rewrap_keys(&settings, &database, &SystemEntropy).await?;
                report(&keys, "was encrypted")
            }
        }
    })
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
    let until = key.expires_at.map_or_else(String::new, |at| format!(", signs until {at:.0}"));
    format!("{} {algorithm}, made {:.0}{until}", key.kid, key.created_at)
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
