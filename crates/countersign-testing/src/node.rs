//! The real Better Auth on Node.

use std::process::Command;

use tempfile::TempDir;

use crate::{Running, SECRET, StartError, file_in, free_port, root};

/// How to start it.
#[derive(Clone, Debug)]
pub struct BetterAuthOptions {
    /// An earlier release, one of `conformance/releases/package.json`; `None` for the one that ours
    /// is compared with.
    pub release: Option<&'static str>,
    /// `sqlite:FILE`, `postgres://…` or `mysql://…`; `None` for a SQLite file of its own.
    pub database_url: Option<String>,
    /// `BETTER_AUTH_SECRET`.
    pub secret: String,
    /// `BETTER_AUTH_SECRETS`, secrets with numbers; `None` for none.
    pub secrets: Option<String>,
    /// The algorithm of its tokens: `EdDSA`, `ES256`, `RS256` …
    pub algorithm: String,
    /// Whether it counts requests.
    pub rate_limit: bool,
    /// What ids are: `serial` or `uuid`; `None` for texts. Earlier releases are not told.
    pub generate_id: Option<&'static str>,
    /// How it writes `session_data`: `compact`, `jwt` or `jwe`; `None` for not at all.
    pub cookie_cache: Option<String>,
    /// Further options, a file of `conformance/reference/arrangements`. That of the plugin of ours,
    /// `countersign`, needs the package to be built (`npm run build --workspaces --if-present`).
    pub arrangement: Option<&'static str>,
}

impl Default for BetterAuthOptions {
    fn default() -> Self {
        Self {
            release: None,
            database_url: None,
            secret: SECRET.to_owned(),
            secrets: None,
            algorithm: "EdDSA".to_owned(),
            rate_limit: false,
            generate_id: None,
            cookie_cache: None,
            arrangement: None,
        }
    }
}

/// A Better Auth server with e-mail and password and the jwt plugin. It makes its own tables.
pub struct BetterAuth {
    url: String,
    port: u16,
    database: String,
    options: BetterAuthOptions,
    process: Running,
    _folder: TempDir,
}

impl BetterAuth {
    /// Starts it on a free port; needs `npm ci` to have run.
    pub fn start(options: &BetterAuthOptions) -> Result<Self, StartError> {
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        let database = match &options.database_url {
            Some(url) => url.clone(),
            None => file_in(&folder, "better-auth.db"),
        };
        let process = run(options, port, &database)?;
        let (url, options) = (url_of(port), options.clone());
        Ok(Self { url, port, database, options, process, _folder: folder })
    }

    /// Its origin, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it, and starts it again at the same address on the same database.
    pub fn kill_and_start_again(&mut self) -> Result<(), StartError> {
        self.process.stopper().kill();
        while self.process.next_line().is_some() {}
        self.process = run(&self.options, self.port, &self.database)?;
        Ok(())
    }
}

fn url_of(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn run(options: &BetterAuthOptions, port: u16, database: &str) -> Result<Running, StartError> {
    let mut command = Command::new("node");
    command
        .arg(root().join(match options.release {
            Some(_) => "conformance/releases/server.mjs",
            None => "conformance/reference/server.mjs",
        }))
        .env("RELEASE", options.release.unwrap_or_default())
        .env("PORT", port.to_string())
        .env("NODE_ENV", "development")
        .env("BETTER_AUTH_URL", url_of(port))
        .env("BETTER_AUTH_SECRET", &options.secret)
        .env("BETTER_AUTH_SECRETS", options.secrets.as_deref().unwrap_or_default())
        .env("BETTER_AUTH_TELEMETRY", "0")
        .env("DATABASE_URL", database)
        .env("JWT_ALG", &options.algorithm)
        .env("GENERATE_ID", options.generate_id.unwrap_or_default())
        .env("RATE_LIMIT", options.rate_limit.to_string())
        .env("COOKIE_CACHE", options.cookie_cache.as_deref().unwrap_or_default())
        .env("ARRANGEMENT", options.arrangement.unwrap_or_default());
    Running::start(&mut command, "ready")
}
