//! The crate `jwt-simple` with its default features.

use std::collections::HashSet;

use countersign_jwt::Algorithm;
use jwt_simple::prelude::{
    Duration, ECDSAP256PublicKeyLike, ES256PublicKey, Ed25519PublicKey, EdDSAPublicKeyLike,
    HS256Key, JWTClaims, MACLike, RS256PublicKey, RSAPublicKeyLike, VerificationOptions,
};
use serde::{Deserialize, Serialize};

use crate::{
    Failure,
    cell::{Cell, Decide, locked_version},
    material::{AUDIENCE, ISSUER, Jwk, SUBJECT, Tokens},
};

#[derive(Deserialize, Serialize)]
struct Custom {
    sid: String,
    scope: String,
    name: String,
}

/// `verify_token` with issuer and audience demanded; expiry is its default.
pub fn cell(algorithm: Algorithm, tokens: &Tokens) -> Cell {
    let jwk = tokens.jwk.clone();
    Cell::new("jwt-simple", locked_version("jwt-simple"), algorithm, move |token| {
        prepare(algorithm, &jwk, token.to_owned())
    })
}

fn prepare(algorithm: Algorithm, jwk: &Jwk, token: String) -> Result<Decide, Failure> {
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from([ISSUER.to_owned()])),
        allowed_audiences: Some(HashSet::from([AUDIENCE.to_owned()])),
        time_tolerance: Some(Duration::from_secs(30)),
        ..VerificationOptions::default()
    };
    let options = move || Some(options.clone());
    Ok(match algorithm {
        Algorithm::Hs256 => {
            let key = HS256Key::from_bytes(&jwk.secret()?);
            Box::new(move || is_ours(key.verify_token(&token, options())))
        }
        Algorithm::Rs256 => {
            let (n, e) = jwk.rsa()?;
            let key = RS256PublicKey::from_components(&n, &e)?;
            Box::new(move || is_ours(key.verify_token(&token, options())))
        }
        Algorithm::Es256 => {
            let key = ES256PublicKey::from_bytes(&jwk.ec()?)?;
            Box::new(move || is_ours(key.verify_token(&token, options())))
        }
        Algorithm::EdDsa => {
            let key = Ed25519PublicKey::from_bytes(&jwk.ed25519()?)?;
            Box::new(move || is_ours(key.verify_token(&token, options())))
        }
        other => return Err(format!("{other} is not compared").into()),
    })
}

fn is_ours<E>(verified: Result<JWTClaims<Custom>, E>) -> bool {
    verified.is_ok_and(|claims| claims.subject.as_deref() == Some(SUBJECT))
}
