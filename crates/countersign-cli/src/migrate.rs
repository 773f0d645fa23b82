//! `countersign migrate`: the only way to DDL on a database that is in use.

use countersign_server::{
    Findings, SystemEntropy, inspect,
    settings::{Settings, Source},
    triggers, watch_better_auth,
};

use crate::{ConfigFlag, Outcome, database::is_there, say, say::say};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Says which features are on and why others are not, what the database lacks, and the statements that would add it. Changes nothing.
    Status(ConfigFlag),
    /// Adds missing tables and columns; all or none, but on MySQL, which cannot. Never drops or
    /// alters anything.
    Apply {
        #[command(flatten)]
        config: ConfigFlag,
        /// Says what would be run, and changes nothing.
        #[arg(long)]
        dry_run: bool,
        /// Makes triggers, too, that see what Better Auth on Node ends on this database, for the
        /// revocation feed. PostgreSQL only.
        #[arg(long)]
        watch_better_auth: bool,
    },
}

pub(crate) fn run(command: &Command) -> Outcome {
    let (config, is_look, watches) = match command {
        Command::Status(config) => (config, true, false),
        Command::Apply { config, dry_run, watch_better_auth } => {
            (config, *dry_run, *watch_better_auth)
        }
    };
    let source = Source::of_process(config.config.clone());
    let settings = Settings::read(&source, &SystemEntropy)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        if is_look {
            is_there(&settings)?;
        }
        let Findings { database, inspection, features, is_ready, protections, .. } =
            inspect(&settings).await?;
        if is_look {
            for feature in &features {
                say!("{feature}");
            }
        }
        if inspection.is_complete() {
            say!("{}: nothing is missing", settings.database);
        } else {
            say!("{}:", settings.database);
            say::text(inspection.to_string().as_bytes());
        }
        if is_look {
            let triggers = if watches { triggers(&settings.database_names) } else { Vec::new() };
            for text in &triggers {
                say!("{text};");
            }
            if !inspection.is_complete() || watches {
                say!("nothing was changed; `countersign migrate apply` runs these statements");
            }
            for one in &protections {
                say!(
                    "{} keeps out {} ({}); this server would not, and does not start unless \
                     database.without_protection_of names it",
                    one.plugin,
                    one.keeps_out,
                    one.column
                );
            }
            if !is_ready && !inspection.is_empty {
                say!("`countersign serve` does not start on this database as it is");
            }
            return Ok(());
        }
        if !inspection.is_complete() {
            database.complete(&inspection).await?;
            if !inspect(&settings).await?.inspection.is_complete() {
                return Err("some of it cannot be added here; see above".into());
            }
            say!("done");
        }
        if watches {
            watch_better_auth(&database, &settings.database_names).await?;
            say!("what Better Auth ends on this database is watched");
        }
        Ok(())
    })
}
