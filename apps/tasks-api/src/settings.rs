//! Flags and variables.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use countersign::{KeySource, Policy, PolicyError, SourceError};
use countersign_store::DatabaseUrl;

/// A task list for everybody, behind the guard: the reference application of Countersign.
#[derive(Parser)]
#[command(name = "tasks-api", version, subcommand_negates_reqs = true)]
pub struct Settings {
    /// Address and port to listen on.
    #[arg(long, env = "COUNTERSIGN_LISTEN", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,

    /// Whose tokens are taken: their claim `iss`, for Better Auth its origin, such as
    /// <https://app.example.com>.
    #[arg(long, env = "COUNTERSIGN_ISSUER", required = true, default_value = "")]
    pub issuer: String,

    /// For whom the tokens have to be: their claim `aud`, for Better Auth the same origin.
    #[arg(long, env = "COUNTERSIGN_AUDIENCE", required = true, default_value = "")]
    pub audience: String,

    #[command(flatten)]
    keys: Keys,

    /// Where the tasks are: `sqlite:FILE`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:tasks.db")]
    pub database_url: DatabaseUrl,

    /// Scopes of tokens that have no claim `scope` at all, as those of an unmodified Better Auth;
    /// space-separated, none by default.
    #[arg(long, env = "COUNTERSIGN_DEFAULT_SCOPES", default_value = "")]
    default_scopes: String,

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

/// Where the keys are: one of the three.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Keys {
    /// The address of the issuer's public keys, for Better Auth `…/api/auth/jwks`.
    #[arg(long, env = "COUNTERSIGN_JWKS_URL")]
    jwks_url: Option<String>,

    /// A file with the issuer's public keys.
    #[arg(long, env = "COUNTERSIGN_JWKS_FILE")]
    jwks_file: Option<PathBuf>,

    /// The secret shared with the issuer, for tokens signed with HS256; from the environment only.
    #[arg(long, env = "BETTER_AUTH_SECRET", hide = true, hide_env_values = true)]
    secret: Option<String>,
}

impl Settings {
    /// Which tokens are taken.
    pub fn policy(&self) -> Result<Policy, PolicyError> {
        let policy = Policy::new(&*self.issuer, &*self.audience)?;
        Ok(policy.with_default_scopes(&self.default_scopes))
    }

    /// Where their keys are.
    pub fn key_source(&self) -> Result<KeySource, SourceError> {
        let Keys { jwks_url, jwks_file, secret } = &self.keys;
        match (jwks_url, jwks_file) {
            (Some(url), _) => KeySource::jwks_url(url),
            (None, Some(file)) => KeySource::jwks_file(file),
            (None, None) => KeySource::secret(secret.as_deref().unwrap_or_default()),
        }
    }

    /// The same for people: never the secret.
    pub fn key_source_name(&self) -> String {
        let Keys { jwks_url, jwks_file, .. } = &self.keys;
        match (jwks_url, jwks_file) {
            (Some(url), _) => url.clone(),
            (None, Some(file)) => file.display().to_string(),
            (None, None) => "the shared secret".to_owned(),
        }
    }
}
