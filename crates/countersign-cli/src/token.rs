//! `countersign token`.

use std::{fs, io::Read, path::PathBuf};

use countersign_jwt::{Clock, KeySet, SystemClock, Verdict, Verifier};
use countersign_server::settings::Source;

use crate::Outcome;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Says check by check why a service takes a token or does not. The token is read from standard
    /// input, so that it stays out of the shell's history.
    Explain(Explain),
}

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

/// Prints the checks; fails when one of them failed.
pub(crate) fn run(Command::Explain(flags): &Command) -> Outcome {
    let keys = keys(flags)?;
    let mut token = String::new();
    std::io::stdin().read_to_string(&mut token)?;
    let verifier = Verifier::new(&flags.issuer, &flags.audience);
    let checks = verifier.explain(token.trim(), &keys, SystemClock.now());
    for check in &checks {
        println!("{check}");
    }
    let failed = checks.iter().filter(|check| matches!(check.verdict, Verdict::Failed(_))).count();
    if failed == 0 {
        return Ok(());
    }
    Err(format!("the token is not taken: {failed} of {} checks failed", checks.len()).into())
}

fn keys(flags: &Explain) -> Result<KeySet, Box<dyn std::error::Error>> {
    // No flag: what stands on a command line, every user of the machine can read.
    let environment = Source::of_process(None).environment;
    let secret = environment.get("BETTER_AUTH_SECRET").map(|secret| secret.trim());
    match (&flags.jwks, secret) {
        (Some(path), _) => {
            let json = fs::read(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            Ok(KeySet::from_jwks_json(&json)?)
        }
        (None, Some(secret)) => KeySet::from_secret(secret.as_bytes())
            .map_err(|error| format!("BETTER_AUTH_SECRET cannot be used: {error}").into()),
        (None, None) => Err("no keys: give --jwks FILE, or set BETTER_AUTH_SECRET".into()),
    }
}
