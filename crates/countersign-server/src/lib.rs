//! Better Auth's wire as a library: settings in, axum router out.
//!
//! The server answers Better Auth 1.7's endpoints with its paths, bodies, status and error codes,
//! headers and cookies, on its tables, so that the Better Auth client cannot tell it from the
//! original, and both can work on one database.
//!
//! # The way of a request
//!
//! `app.rs` prints it in order: request id, log, client, rate limit, endpoint. An endpoint is one
//! file in `routes/` or in a feature's folder, and its signature is its policy: `edge`'s
//! `Posted` reads a body from a trusted page, `session`'s `SignedIn` wants a live session.
//!
//! # Example
//!
//! ```no_run
//! use std::sync::Arc;
//! use countersign_jwt::SystemClock;
//! use countersign_server::{Server, SystemEntropy, settings::{Settings, Source}};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings::read(&Source::of_process(None), &SystemEntropy)?;
//! let listener = tokio::net::TcpListener::bind(settings.listen).await?;
//! let server = Server::start(settings, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?;
//! let _purging = server.begin_purging();
//! let stop = countersign_serve::told_to_stop()?;
//! let (router, watching) = server.into_watched_router();
//! let _ = countersign_serve::serve(listener, router, Default::default(), stop).await;
//! watching.stopped().await;
//! # Ok(())
//! # }
//! ```

mod app;
mod at_rest;
mod auth;
mod cookies;
mod drain;
mod edge;
mod email;
mod entropy;
mod expiry;
mod features;
mod findings;
mod mail;
mod password;
mod readiness;
mod routes;
mod secret;
mod server;
mod session;
mod set_password;
pub mod settings;
mod settled;
mod social;
mod start_error;
mod verifications;
mod wire;

pub(crate) use auth::Auth;
pub use drain::Drain;
pub use edge::TrustedOrigins;
pub use entropy::{Entropy, SystemEntropy};
pub use expiry::{Expiry, Purging};
pub use features::{
    Confirmation, FeatureState, GuardReports, Holders, Kept, ListedSession, NotMade, OperateError,
    Plan, RevokeError, RevokeTokenError, RevokedToken, RewrapError, Stage, StoredKey, UserChange,
    UserChanged, WatchError, WhyOff, activate_key, activate_key_when_held, change_user,
    guard_reports, list_sessions, plan_keys, retire_key, revoke_issued_before, revoke_session,
    revoke_token, rewrap_keys, stage_key, stored_keys, triggers, watch_better_auth,
};
pub use findings::{Findings, inspect};
pub use mail::{MailError, OutgoingMail, TemplateError};
pub use readiness::{Readiness, Watching};
pub use secret::{Secret, Secrets};
pub use server::Server;
pub use set_password::{SetPasswordError, set_password};
pub use start_error::StartError;
