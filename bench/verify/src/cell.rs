//! One library with one algorithm.

use countersign_jwt::Algorithm;
use serde::Serialize;

use crate::{Failure, material::Tokens};

/// Decides about the token it was prepared for.
pub type Decide = Box<dyn Fn() -> bool>;

/// Makes a decision about a token ready to be timed.
type Prepare = Box<dyn Fn(&str) -> Result<Decide, Failure>>;

/// A library with a key in hand.
#[derive(Serialize)]
pub struct Cell {
    /// What stands in the table.
    pub library: &'static str,
    /// Its version.
    pub version: String,
    /// The algorithm's name.
    pub algorithm: &'static str,
    /// The bare signature check, which reads no claims.
    #[serde(skip)]
    signature_only: bool,
    #[serde(skip)]
    prepare: Prepare,
}

impl Cell {
    /// A library that checks signature, issuer, audience and time, and finds the subject.
    pub fn new(
        library: &'static str,
        version: String,
        algorithm: Algorithm,
        prepare: impl Fn(&str) -> Result<Decide, Failure> + 'static,
    ) -> Self {
        let prepare = Box::new(prepare);
        Self { library, version, algorithm: algorithm.as_str(), signature_only: false, prepare }
    }

    /// The bare signature check.
    pub fn signature_only(
        library: &'static str,
        version: String,
        algorithm: Algorithm,
        prepare: impl Fn(&str) -> Result<Decide, Failure> + 'static,
    ) -> Self {
        Self { signature_only: true, ..Self::new(library, version, algorithm, prepare) }
    }

    /// Accepts the good token and refuses the bad ones; what is timed, then.
    pub fn prove(&self, tokens: &Tokens) -> Result<Decide, Failure> {
        let decide = (self.prepare)(&tokens.good)?;
        if !decide() {
            return Err(self.blame("refuses the good token"));
        }
        if (self.prepare)(&tokens.tampered)?() {
            return Err(self.blame("accepts a tampered token"));
        }
        for wrong in &tokens.wrong_claims {
            if !self.signature_only && (self.prepare)(wrong)?() {
                return Err(self.blame("accepts a token with a wrong claim"));
            }
        }
        Ok(decide)
    }

    fn blame(&self, what: &str) -> Failure {
        format!("{} {what} ({})", self.library, self.algorithm).into()
    }
}

/// The version of a crate in the lock file.
pub fn locked_version(name: &str) -> String {
    let lock = include_str!("../../Cargo.lock");
    let entry = format!("name = \"{name}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version.map_or_else(String::new, |(version, _)| version.to_owned())
}
