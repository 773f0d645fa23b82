//! `tasks-api`: everybody's own tasks, behind the guard.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use clap::Parser;
use countersign::{Guard, SystemClock};
use countersign_store::Database;
use tasks_api::{
    app::{self, Tasks},
    openapi,
    settings::{Command, Settings},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let settings = Settings::parse();
    if let Some(Command::Openapi) = settings.command {
        println!("{}", openapi::document());
        return ExitCode::SUCCESS;
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match serve(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tasks-api: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    let guard = Guard::new(settings.policy()?, settings.key_source()?)?;
    let database = Database::open(&settings.database_url)?;
    database.create(&tasks_api::rows::TABLES).await?;
    let listen = settings.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot listen on {listen}: {error}; choose another --listen"))?;
    let stop = told_to_stop()?;
    tracing::info!(
        listen = %listener.local_addr()?,
        issuer = settings.issuer,
        audience = settings.audience,
        keys = settings.key_source_name(),
        database = %settings.database_url,
        "tasks-api serves"
    );
    let app = app::router(Tasks { guard, database, clock: Arc::new(SystemClock) });
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    Ok(())
}

/// Ctrl-C or SIGTERM, listened for from now on. Requests under way are still answered.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}
