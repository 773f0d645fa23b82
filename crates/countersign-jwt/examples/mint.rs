//! Signs claims for programs in other languages: one JSON object per line on standard input, one token
//! per line on standard output.
//!
//! ```text
//! cargo run --package countersign-jwt --example mint -- --algorithm ES256 --private-jwk key.json
//! ```
//!
//! Instead of `--private-jwk` a shared secret: `--secret-hex HEX`.

use std::{
    error::Error,
    fs,
    io::{self, BufRead, Write},
    path::PathBuf,
};

use clap::Parser;
use countersign_jwt::{Algorithm, SigningKey};
use serde_json::Value;

#[derive(Parser)]
struct Arguments {
    /// What to sign with, by its JOSE name.
    #[arg(long)]
    algorithm: Algorithm,
    /// A file with a private JSON Web Key.
    #[arg(long, value_name = "FILE", required_unless_present = "secret_hex")]
    private_jwk: Option<PathBuf>,
    /// A shared secret.
    #[arg(long, value_name = "HEX", conflicts_with = "private_jwk")]
    secret_hex: Option<String>,
    /// The name of the key, for the header.
    #[arg(long)]
    kid: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let key = key(&arguments)?;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let claims: Value = serde_json::from_str(&line?)?;
        writeln!(output, "{}", key.sign(&claims)?)?;
    }
    Ok(())
}

fn key(arguments: &Arguments) -> Result<SigningKey, Box<dyn Error>> {
    let key = match (&arguments.private_jwk, &arguments.secret_hex) {
        (Some(path), _) => {
            SigningKey::from_private_jwk(arguments.algorithm, &fs::read_to_string(path)?)?
        }
        (None, secret) => {
            let secret = hex::decode(secret.as_deref().unwrap_or_default())?;
            SigningKey::from_secret(arguments.algorithm, &secret)?
        }
    };
    Ok(match &arguments.kid {
        Some(kid) => key.with_kid(kid),
        None => key,
    })
}
