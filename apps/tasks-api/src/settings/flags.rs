//! Flags, each also a variable. The texts are judged in [`Settings::read`](super::Settings::read).

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A task list for everybody, behind the guard: the reference application of Countersign.
///
/// Keys come from one of three places: --jwks-url, --jwks-file, or the variable `BETTER_AUTH_SECRET`
/// with the secret shared with the issuer, for tokens signed with HS256.
#[derive(Parser)]
#[command(name = "tasks-api", version)]
pub struct Flags {
    /// Address and port to listen on.
    #[arg(long, env = "COUNTERSIGN_LISTEN", default_value = "127.0.0.1:8000")]
    pub(super) listen: String,

    /// Whose tokens are taken: their claim `iss`, for Better Auth its origin, such as
    /// <https://app.example.com>.
    #[arg(long, env = "COUNTERSIGN_ISSUER", default_value = "")]
    pub(super) issuer: String,

    /// For whom the tokens have to be: their claim `aud`, for Better Auth the same origin.
    #[arg(long, env = "COUNTERSIGN_AUDIENCE", default_value = "")]
    pub(super) audience: String,

    /// The address of the issuer's public keys, for Better Auth `…/api/auth/jwks`.
    #[arg(long, env = "COUNTERSIGN_JWKS_URL")]
    pub(super) jwks_url: Option<String>,

    /// A file with the issuer's public keys.
    #[arg(long, env = "COUNTERSIGN_JWKS_FILE")]
    pub(super) jwks_file: Option<PathBuf>,

    /// Where the tasks are: `sqlite:FILE`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:tasks.db", hide_env_values = true)]
    pub(super) database_url: String,

    /// Scopes of tokens that have no claim `scope` at all, as those of an unmodified Better Auth;
    /// space-separated, none by default.
    #[arg(long, env = "COUNTERSIGN_DEFAULT_SCOPES", default_value = "")]
    pub(super) default_scopes: String,

    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do instead of serving.
#[derive(Subcommand)]
pub enum Command {
    /// Prints the description of the API (OpenAPI 3.1).
    Openapi,
}
