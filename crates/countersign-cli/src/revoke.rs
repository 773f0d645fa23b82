//! `countersign revoke`: everything that was issued before a moment.

use std::error::Error;

use countersign_jwt::{Clock, SystemClock};
use countersign_server::{
    Findings, SystemEntropy, revoke_issued_before,
    settings::{Settings, Source},
};
use jiff::Timestamp;

use crate::{ConfigFlag, Outcome, database::look, say::say};

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Sessions that began then or before end, and tokens issued then or before are refused; such as
    /// 2026-11-21T08:00:00Z, or now.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    issued_before: Moment,
    #[command(flatten)]
    config: ConfigFlag,
}

#[derive(Clone, Copy)]
enum Moment {
    Now,
    At(Timestamp),
}

fn moment(text: &str) -> Result<Moment, Box<dyn Error + Send + Sync>> {
    match text {
        "now" => Ok(Moment::Now),
        text => Ok(Moment::At(text.parse()?)),
    }
}

pub(crate) fn run(flags: &Flags) -> Outcome {
    let source = Source::of_process(flags.config.config.clone());
    let settings = Settings::read(&source, &SystemEntropy)?;
    let now = SystemClock.now();
    let before = match flags.issued_before {
        Moment::Now => now,
        Moment::At(moment) if moment > now => {
            return Err("the moment of --issued-before is still to come".into());
        }
        Moment::At(moment) => moment,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Findings { database, .. } = look(&settings).await?;
        let users =
            revoke_issued_before(&settings, &database, before, now, &SystemEntropy).await?;
        say!(
            "sessions that began until {before:.0} ended, and tokens issued until then are refused, of {users} users"
        );
        Ok(())
    })
}
