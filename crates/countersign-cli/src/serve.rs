//! `countersign serve`.

use std::{io::IsTerminal, net::SocketAddr, sync::Arc, time::Duration};

use countersign_jwt::SystemClock;
use countersign_serve::{Ended, Limits, keep_memory_private, told_to_stop};
use countersign_server::{
    Server, SystemEntropy, WhyOff,
    settings::{MailSettings, Settings, Source},
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::{ConfigFlag, Outcome};

/// How long mails that are under way may take when the server stops.
const LAST_MAILS: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Relaxed rules for a machine that serves nobody else: a temporary secret when none is set,
    /// no rate limits.
    #[arg(long)]
    development: bool,
    #[command(flatten)]
    config: ConfigFlag,
}

pub(crate) fn run(flags: Flags) -> Outcome {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // That a log cannot be written would be told where the log goes, and end whoever tells it.
    let log = log.log_internal_errors(false);
    // A file has no colours.
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.with_ansi(false).init();
    }

    keep_memory_private()?;
    let mut source = Source::of_process(flags.config.config);
    if let Some(listen) = flags.listen {
        source = source.with("server.listen", listen.to_string());
    }
    if flags.development {
        source = source.with("server.development", true.to_string());
    }
    let settings = Settings::read(&source, &SystemEntropy)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(settings))
}

async fn serve(settings: Settings) -> Outcome {
    warn_of_choices(&settings);
    let listen = settings.listen;
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        format!("cannot listen on {listen}: {error}; choose another address with --listen")
    })?;
    let (database, base_url) = (settings.database.clone(), settings.base_url.clone());
    let server = Server::start(settings, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?;
    let outgoing_mail = server.outgoing_mail();
    let features = server.features().iter();
    let on = features.clone().filter(|feature| feature.off.is_none());
    for feature in features.filter(|feature| matches!(feature.off, Some(WhyOff::Lack(_)))) {
        tracing::warn!("{feature}");
    }
    let (told, drain) = (told_to_stop()?, server.drain());
    let stop = async move {
        told.await;
        drain.begin();
    };
    tracing::info!(
        listen = %listener.local_addr()?,
        base_url = format!("{}{}", base_url.origin(), base_url.path()),
        %database,
        new_database = server.created_tables(),
        features = on.map(|feature| feature.id).collect::<Vec<_>>().join(","),
        "countersign serves"
    );
    let purging = server.begin_purging();
    let (router, watching) = server.into_watched_router();
    let Ended { cut } = countersign_serve::serve(listener, router, Limits::default(), stop).await;
    drop(purging);
    match cut {
        0 => tracing::info!("countersign stopped; every request was answered"),
        cut => tracing::warn!(cut, "countersign stopped; connections that did not end were cut"),
    }
    if let Some(mail) = outgoing_mail {
        let lost = mail.finished(LAST_MAILS).await;
        if lost > 0 {
            tracing::error!(lost, "mails that the relay did not take in time are lost");
        }
    }
    watching.stopped().await;
    Ok(())
}

/// More keys than these, and verifiers may not take the set: guards take 100.
const MOST_KEYS: i64 = 90;

fn warn_of_choices(settings: &Settings) {
    if settings.secret_is_temporary {
        tracing::warn!(
            "no BETTER_AUTH_SECRET: using one that ends with this process, and all sessions with it"
        );
    }
    if settings.mail.as_ref().is_some_and(MailSettings::is_outbox) && !settings.development {
        tracing::warn!("mail goes to a folder: nobody receives it, and the files hold tokens");
    }
    let minutes = settings.token.lifetime.as_mins();
    if minutes > 15 {
        tracing::warn!(
            minutes,
            "token.lifetime is longer than 15 minutes: a token that is stolen stays good that long"
        );
    }
    let published = settings.token.keys_published();
    if published > MOST_KEYS {
        tracing::warn!(
            published,
            "token.grace_period is many times token.rotation_interval: so many keys are published at once, and \
             guards take no more than 100; shorten the one or lengthen the other"
        );
    }
}
