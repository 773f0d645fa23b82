//! `countersign token`.

use std::{
    fs,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};

use countersign_jwt::{Clock, KeySet, SystemClock, Verdict, Verifier};
use countersign_server::{
    Findings, RevokedToken, SystemEntropy, revoke_token,
    settings::{Settings, Source},
};

use crate::{ConfigFlag, Outcome, database::look, say, say::say};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Says check by check why a service takes a token or does not. The token is read from standard
    /// input, so that it stays out of the shell's history; the word Bearer before it does no harm. Whether
    /// it was taken back is not looked at.
    #[command(after_help = EXAMPLE)]
    Explain(Explain),
    /// Takes a token back that was found where it does not belong: a refresh token with all that came out
    /// of it, or an access token, of this server or of Better Auth. The token is read from standard input.
    Revoke {
        #[command(flatten)]
        config: ConfigFlag,
    },
}

const EXAMPLE: &str = "Example:
  curl -s https://app.example.com/api/auth/jwks > keys.json
  countersign token explain --jwks keys.json \\
    --issuer https://app.example.com --audience https://app.example.com < token.txt";

/// In the form of a check.
const NOT_LOOKED_AT: &str = "  –    revocation not looked at: a service that follows the revocation feed does not take a token \
                             that was taken back";

#[derive(clap::Args)]
pub(crate) struct Explain {
    /// The issuer the service trusts: the claim iss.
    #[arg(long, env = "COUNTERSIGN_ISSUER")]
    issuer: String,
    /// The service's own name in tokens: the claim aud.
    #[arg(long, env = "COUNTERSIGN_AUDIENCE")]
    audience: String,
    /// A file with the issuer's key set, as /api/auth/jwks shows it. Without one, the token is
    /// checked with the shared secret of `BETTER_AUTH_SECRET`.
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_JWKS_FILE")]
    jwks: Option<PathBuf>,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Explain(flags) => explain(flags),
        Command::Revoke { config } => revoke(config),
    }
}

/// What stands on standard input.
fn read_input() -> std::io::Result<String> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        say::aside("paste the token, then Enter and Ctrl-D");
    }
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    Ok(text)
}

fn revoke(config: &ConfigFlag) -> Outcome {
    let settings = Settings::read(&Source::of_process(config.config.clone()), &SystemEntropy)?;
    let text = read_input()?;
    let token = token_of(&text).ok_or("no token on standard input; write: … revoke < token.txt")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Findings { database, .. } = look(&settings).await?;
        let now = SystemClock.now();
        match revoke_token(&settings, &database, token, now, &SystemEntropy).await? {
            RevokedToken::Family => say!(
                "the refresh token is taken back, with all that came out of it; its session goes on"
            ),
            RevokedToken::AccessToken => say!("guards refuse the access token from now on"),
            _ => say!("the refresh token was over already"),
        }
        Ok(())
    })
}

/// Prints the checks; fails when one of them failed.
fn explain(flags: &Explain) -> Outcome {
    let keys = keys(flags)?;
    let text = read_input()?;
    let token =
        token_of(&text).ok_or("no token on standard input; write: … explain < token.txt")?;
    let verifier = Verifier::new(&flags.issuer, &flags.audience);
    let checks = verifier.explain(token, &keys, SystemClock.now());
    for check in &checks {
        say!("{check}");
    }
    let failed = checks.iter().filter(|check| matches!(check.verdict, Verdict::Failed(_))).count();
    if failed == 0 {
        say!("{NOT_LOOKED_AT}");
        return Ok(());
    }
    Err(format!("the token is not taken: {failed} of {} checks failed", checks.len()).into())
}

/// The token of what was pasted, which may be a whole `Authorization` line.
fn token_of(text: &str) -> Option<&str> {
    let text = text.trim();
    let (before, last) = text.rsplit_once(char::is_whitespace).unwrap_or(("", text));
    let before = before.trim_end().to_ascii_lowercase();
    let token = if before == "bearer" || before == "authorization: bearer" { last } else { text };
    Some(token).filter(|token| !token.is_empty())
}

fn keys(flags: &Explain) -> Result<KeySet, Box<dyn std::error::Error>> {
    // No flag: what stands on a command line, every user of the machine can read.
    let environment = Source::of_process(None).environment;
    let secret = environment.get("BETTER_AUTH_SECRET").map(|secret| secret.trim());
    match (&flags.jwks, secret) {
        (Some(path), _) => {
            let name = path.display();
            if is_address(path) {
                let fix = format!("fetch it first: curl -s {name} > keys.json");
                return Err(format!("--jwks is a file, and {name} is an address; {fix}").into());
            }
            let json = fs::read(path).map_err(|error| format!("cannot read {name}: {error}"))?;
            let keys = KeySet::from_jwks_json(&json);
            keys.map_err(|error| format!("{name} cannot be used: {error}").into())
        }
        (None, Some(secret)) => KeySet::from_secret(secret.as_bytes())
            .map_err(|error| format!("BETTER_AUTH_SECRET cannot be used: {error}").into()),
        (None, None) => Err("no keys: give --jwks FILE, or set BETTER_AUTH_SECRET".into()),
    }
}

fn is_address(path: &Path) -> bool {
    path.starts_with("http:") || path.starts_with("https:")
}
