//! The limit: aws-lc-rs with a parsed key over bytes that are decoded already. No base64, no JSON.

use aws_lc_rs::{
    hmac,
    signature::{
        ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
        RsaPublicKeyComponents,
    },
};
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::Algorithm;

use crate::{
    Failure,
    cell::{Cell, Decide, locked_version},
    material::{Jwk, Tokens},
};

/// The signature check of one algorithm alone.
pub fn cell(algorithm: Algorithm, tokens: &Tokens) -> Cell {
    let jwk = tokens.jwk.clone();
    let version = locked_version("aws-lc-rs");
    Cell::signature_only("aws-lc-rs, signature only", version, algorithm, move |token| {
        let (signed, signature) = token.rsplit_once('.').ok_or("not a token")?;
        let signed = signed.as_bytes().to_vec();
        let signature = Base64UrlUnpadded::decode_vec(signature).map_err(|_invalid| "base64url")?;
        if algorithm == Algorithm::Hs256 {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &jwk.secret()?);
            return Ok(Box::new(move || hmac::verify(&key, &signed, &signature).is_ok()) as Decide);
        }
        let key = public_key(algorithm, &jwk)?;
        Ok(Box::new(move || key.verify_sig(&signed, &signature).is_ok()))
    })
}

fn public_key(algorithm: Algorithm, jwk: &Jwk) -> Result<ParsedPublicKey, Failure> {
    Ok(match algorithm {
        Algorithm::Rs256 => {
            let (n, e) = jwk.rsa()?;
            RsaPublicKeyComponents { n: &n, e: &e }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)?
        }
        Algorithm::Es256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, jwk.ec()?)?,
        Algorithm::EdDsa => ParsedPublicKey::new(&ED25519, jwk.ed25519()?)?,
        other => return Err(format!("{other} is not compared").into()),
    })
}
