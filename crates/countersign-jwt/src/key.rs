//! A key that verifies, parsed once and bound to one algorithm for its whole life.

use aws_lc_rs::{
    hmac,
    signature::{
        ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
        RsaPublicKeyComponents,
    },
};

use crate::{
    algorithm::Algorithm,
    error::{KeyError, TokenError},
};

/// Shortest HMAC secret: the size of the hash (RFC 7518 §3.2).
pub(crate) const MIN_SECRET_BYTES: usize = 32;

/// Bounds of an RSA modulus in bits. Below is weak, above costs milliseconds per token.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

pub(crate) struct Key {
    algorithm: Algorithm,
    material: Material,
}

enum Material {
    Secret(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

impl Key {
    pub(crate) fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        hmac_key(secret).map(Self::from_hmac)
    }

    pub(crate) fn from_hmac(key: hmac::Key) -> Self {
        Self { algorithm: Algorithm::Hs256, material: Material::Secret(Box::new(key)) }
    }

    /// From the 32 bytes of the encoded point (RFC 8037 §2).
    pub(crate) fn ed25519(point: &[u8; 32]) -> Result<Self, KeyError> {
        let public =
            ParsedPublicKey::new(&ED25519, point).map_err(|_rejected| KeyError::Rejected)?;
        Ok(Self { algorithm: Algorithm::EdDsa, material: Material::Public(public) })
    }

    /// From the coordinates (RFC 7518 §6.2.1). The point must lie on the curve.
    pub(crate) fn p256(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, KeyError> {
        let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, p256_point(x, y))
            .map_err(|_rejected| KeyError::Rejected)?;
        Ok(Self { algorithm: Algorithm::Es256, material: Material::Public(public) })
    }

    /// From modulus and exponent, big-endian without leading zero (RFC 7518 §6.3.1).
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        check_rsa_strength(n, e)?;
        let public = RsaPublicKeyComponents { n, e }
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .map_err(|_rejected| KeyError::Rejected)?;
        Ok(Self { algorithm: Algorithm::Rs256, material: Material::Public(public) })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        match &self.material {
            Material::Secret(key) => hmac::verify(key, signed, signature),
            Material::Public(key) => key.verify_sig(signed, signature),
        }
        .map_err(|_unspecified| TokenError::WrongSignature)
    }
}

pub(crate) fn hmac_key(secret: &[u8]) -> Result<hmac::Key, KeyError> {
    if secret.len() < MIN_SECRET_BYTES {
        return Err(KeyError::Weak);
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, secret))
}

/// The uncompressed point of SEC 1 §2.3.3: `04 ‖ x ‖ y`.
pub(crate) fn p256_point(x: &[u8; 32], y: &[u8; 32]) -> [u8; 65] {
    let mut point = [4; 65];
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    point
}

/// Modulus odd and of 2048 to 8192 bits, exponent odd, from 3 and of at most 33 bits.
pub(crate) fn check_rsa_strength(n: &[u8], e: &[u8]) -> Result<(), KeyError> {
    let leading_zeros = n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = n.len() * 8 - leading_zeros;
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let exponent_fits = match e {
        [only] => *only >= 3,
        [1..=255, ..] => e.len() <= 4 || (e.len() == 5 && e[0] == 1),
        _ => false,
    };
    let canonical = n.first().is_some_and(|byte| *byte != 0);
    if canonical && RSA_BITS.contains(&bits) && odd(n) && odd(e) && exponent_fits {
        Ok(())
    } else {
        Err(KeyError::Weak)
    }
}
