//! `tasks-api`: everybody's own tasks, behind the guard.

use std::{io::IsTerminal, process::ExitCode, sync::Arc};

use clap::Parser;
use countersign::{Guard, SystemClock};
use countersign_serve::{Ended, Limits, keep_memory_private, told_to_stop};
use countersign_store::Database;
use tasks_api::{
    app::{self, Tasks},
    openapi,
    settings::{Command, Flags, Settings, secrets_of_process},
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    if let Some(Command::Openapi) = flags.command {
        println!("{}", openapi::document());
        return ExitCode::SUCCESS;
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A log that nobody reads any more ends no request.
    let log = log.log_internal_errors(false);
    // A file has no colours.
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.with_ansi(false).init();
    }
    match serve(flags).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tasks-api: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(flags: Flags) -> Result<(), Box<dyn std::error::Error>> {
    keep_memory_private()?;
    let Settings { listen, policy, keys, revocations, database: database_url, described } =
        Settings::read(flags, &secrets_of_process())?;
    let guard = Guard::builder(policy, keys);
    let guard = match revocations {
        Some(feed) => guard.revocation_feed(feed),
        None => guard,
    };
    let guard = guard.build()?;
    let database = Database::open(&database_url)?;
    database.create(&tasks_api::rows::TABLES).await?;
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        format!("cannot listen on {listen}: {error}; choose another address with --listen")
    })?;
    let stop = told_to_stop()?;
    tracing::info!(
        listen = %listener.local_addr()?,
        issuer = described.issuer,
        audience = described.audience,
        keys = described.keys,
        database = %database_url,
        "tasks-api serves"
    );
    let app = app::router(Tasks { guard, database, clock: Arc::new(SystemClock) });
    let Ended { cut } = countersign_serve::serve(listener, app, Limits::default(), stop).await;
    match cut {
        0 => tracing::info!("tasks-api stopped; every request was answered"),
        cut => tracing::warn!(cut, "tasks-api stopped; connections that did not end were cut"),
    }
    Ok(())
}
