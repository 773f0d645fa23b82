//! Judges tokens for programs in other languages: one token per line on standard input, one verdict
//! per line on standard output, `ok` with the claims as JSON, or `no` with the code of the refusal.
//!
//! ```text
//! cargo run --package countersign-jwt --example verdicts -- \
//!     --jwks keys.json --issuer https://auth.test --audience task-api --now 1800000000
//! ```
//!
//! Instead of `--jwks` a shared secret: `--secret-hex HEX`, for HS256 or what `--algorithm` says. A line
//! ends with a line feed; every other byte belongs to the token.

use std::{
    error::Error,
    fs,
    io::{self, BufRead, Write},
    path::PathBuf,
};

use clap::Parser;
use countersign_jwt::{Algorithm, KeySet, Verifier};
use jiff::Timestamp;
use serde_json::Value;

#[derive(Parser)]
struct Arguments {
    /// A file with a JSON Web Key Set.
    #[arg(long, value_name = "FILE", required_unless_present = "secret_hex")]
    jwks: Option<PathBuf>,
    /// A shared secret.
    #[arg(long, value_name = "HEX", conflicts_with = "jwks")]
    secret_hex: Option<String>,
    /// What the shared secret is for.
    #[arg(long, default_value = "HS256")]
    algorithm: Algorithm,
    /// The claim iss.
    #[arg(long)]
    issuer: String,
    /// The claim aud.
    #[arg(long)]
    audience: String,
    /// The time, in seconds since 1970.
    #[arg(long, value_name = "SECONDS")]
    now: i64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let keys = keys(&arguments)?;
    let verifier = Verifier::new(&arguments.issuer, &arguments.audience);
    let now = Timestamp::from_second(arguments.now)?;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        writeln!(output, "{}", verdict(&verifier, &line?, &keys, now))?;
    }
    Ok(())
}

fn keys(arguments: &Arguments) -> Result<KeySet, Box<dyn Error>> {
    let keys = match (&arguments.jwks, &arguments.secret_hex) {
        (Some(path), _) => KeySet::from_jwks_json(&fs::read(path)?)?,
        (None, secret) => {
            let secret = hex::decode(secret.as_deref().unwrap_or_default())?;
            KeySet::from_secret_for(arguments.algorithm, &secret)?
        }
    };
    for skipped in keys.skipped() {
        eprintln!("key {:?} is not used: {}", skipped.kid, skipped.reason);
    }
    Ok(keys)
}

fn verdict(verifier: &Verifier, token: &[u8], keys: &KeySet, now: Timestamp) -> String {
    let Ok(token) = str::from_utf8(token) else { return "no not_utf8".to_owned() };
    match verifier.verify(token, keys, now) {
        Ok(claims) => format!("ok {}", Value::from(claims.as_map().clone())),
        Err(refusal) => format!("no {}", refusal.code()),
    }
}
