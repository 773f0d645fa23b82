//! Flags, each also a variable. The texts are judged in [`Settings::read`](super::Settings::read).

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A task list for everybody, behind the guard: the reference application of Countersign.
///
/// Keys come from one of four places: --jwks-url, --discovery, --jwks-file, or the variable
/// `BETTER_AUTH_SECRET` with the secret shared with the issuer, for tokens signed with HS256.
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

    /// Has the issuer say where its public keys are: `openid` for OpenID Connect Discovery, `oauth` for
    /// RFC 8414. Its document has to name it by exactly the text of --issuer.
    #[arg(long, env = "COUNTERSIGN_DISCOVERY", value_name = "openid|oauth")]
    pub(super) discovery: Option<String>,

    /// A file that keeps the keys that were fetched, for a start while the issuer is away; in a folder
    /// that only this service may write, for whoever can write it can make tokens.
    #[arg(long, env = "COUNTERSIGN_JWKS_SNAPSHOT", value_name = "FILE")]
    pub(super) jwks_snapshot: Option<PathBuf>,

    /// A file with the issuer's public keys.
    #[arg(long, env = "COUNTERSIGN_JWKS_FILE")]
    pub(super) jwks_file: Option<PathBuf>,

    /// The address of the issuer's revocation feed, for Countersign `…/api/auth/revocations`. What it takes
    /// back is then refused within a second; without it tokens are good until they expire.
    #[arg(long, env = "COUNTERSIGN_REVOCATIONS_URL")]
    pub(super) revocations_url: Option<String>,

    /// How many seconds old the knowledge of what was taken back may be, 1 to 86400; 10 unless set. Beyond
    /// it the answer is 503.
    #[arg(long, env = "COUNTERSIGN_REVOCATIONS_MAX_STALENESS", value_name = "SECONDS")]
    pub(super) revocations_max_staleness: Option<String>,

    /// For how many seconds beyond that tokens are let in all the same; 0 unless set.
    #[arg(long, env = "COUNTERSIGN_REVOCATIONS_ALLOW_FOR", value_name = "SECONDS")]
    pub(super) revocations_allow_for: Option<String>,

    /// The name of this process at the issuer, so that a revocation can wait for it; with the variable
    /// `COUNTERSIGN_REVOCATIONS_CREDENTIAL`, the resource server's `name:secret`.
    #[arg(long, env = "COUNTERSIGN_REVOCATIONS_GUARD", value_name = "NAME")]
    pub(super) revocations_guard: Option<String>,

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
