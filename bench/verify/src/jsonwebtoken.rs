//! The crate `jsonwebtoken`, with either of its two providers of cryptography.
//!
//! A provider is chosen once per process, so each has a process of its own.

use countersign_jwt::Algorithm;
use jsonwebtoken::{
    DecodingKey, Validation,
    crypto::{CryptoProvider, aws_lc, rust_crypto},
    decode,
};
use serde::Deserialize;

use crate::{
    Failure,
    cell::{Cell, Decide, locked_version},
    material::{AUDIENCE, ISSUER, SUBJECT, Tokens},
};

/// Who does the cryptography.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// The feature `aws_lc_rs`.
    AwsLc,
    /// The feature `rust_crypto`.
    RustCrypto,
}

impl Provider {
    /// Makes it this process's provider.
    pub fn install(self) -> Result<(), Failure> {
        let provider: &'static CryptoProvider = match self {
            Self::AwsLc => &aws_lc::DEFAULT_PROVIDER,
            Self::RustCrypto => &rust_crypto::DEFAULT_PROVIDER,
        };
        provider.install_default().map_err(|_other| "another provider is installed".into())
    }

    fn library(self) -> &'static str {
        match self {
            Self::AwsLc => "jsonwebtoken, aws_lc_rs",
            Self::RustCrypto => "jsonwebtoken, rust_crypto",
        }
    }
}

#[derive(Deserialize)]
#[expect(
    dead_code,
    reason = "a service reads its claims into a struct; only sub is looked at here"
)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    sid: String,
    scope: String,
    name: String,
}

/// `decode` with issuer, audience and expiry demanded.
pub fn cell(provider: Provider, algorithm: Algorithm, tokens: &Tokens) -> Result<Cell, Failure> {
    let name: jsonwebtoken::Algorithm = algorithm.as_str().parse()?;
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(serde_json::to_value(&tokens.jwk)?)?;
    let version = locked_version("jsonwebtoken");
    Ok(Cell::new(provider.library(), version, algorithm, move |token| {
        let key = DecodingKey::from_jwk(&jwk)?;
        let mut validation = Validation::new(name);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let token = token.to_owned();
        Ok(Box::new(move || {
            decode::<Claims>(&token, &key, &validation)
                .is_ok_and(|token| token.claims.sub == SUBJECT)
        }) as Decide)
    }))
}
