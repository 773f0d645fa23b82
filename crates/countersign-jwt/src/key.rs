//! A key that verifies, parsed once and bound to one algorithm for its whole life.

#[cfg(test)]
mod wycheproof;

use aws_lc_rs::{
    hmac,
    signature::{ED25519, ParsedPublicKey, RsaPublicKeyComponents},
};

use crate::{
    algorithm::Algorithm,
    ed25519,
    error::{KeyError, TokenError},
    roca,
    scheme::{Curve, Scheme, shortest_secret},
};

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
    /// From a secret; [`KeyError::Unsupported`] for algorithms that have none.
    pub(crate) fn secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        hmac_key(algorithm, secret).map(|key| Self::from_hmac(algorithm, key))
    }

    pub(crate) fn from_hmac(algorithm: Algorithm, key: hmac::Key) -> Self {
        Self { algorithm, material: Material::Secret(Box::new(key)) }
    }

    /// From the 32 bytes of the encoded point (RFC 8037 §2).
    pub(crate) fn ed25519(point: &[u8]) -> Result<Self, KeyError> {
        if !ed25519::is_sound(point) {
            return Err(KeyError::Rejected);
        }
        let public =
            ParsedPublicKey::new(&ED25519, point).map_err(|_rejected| KeyError::Rejected)?;
        Ok(Self { algorithm: Algorithm::EdDsa, material: Material::Public(public) })
    }

    /// From the coordinates (RFC 7518 §6.2.1). The point must lie on the curve.
    pub(crate) fn ec(curve: &Curve, x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        let public = ParsedPublicKey::new(curve.verifies, ec_point(x, y))
            .map_err(|_rejected| KeyError::Rejected)?;
        Ok(Self { algorithm: curve.algorithm, material: Material::Public(public) })
    }

    /// From modulus and exponent, big-endian without leading zero (RFC 7518 §6.3.1).
    /// [`KeyError::Unsupported`] for algorithms that are not RSA's.
    pub(crate) fn rsa(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let Scheme::Rsa(rsa) = algorithm.scheme() else { return Err(KeyError::Unsupported) };
        check_rsa_strength(n, e)?;
        let public = RsaPublicKeyComponents { n, e }
            .to_parsed_public_key(rsa.verifies)
            .map_err(|_rejected| KeyError::Rejected)?;
        Ok(Self { algorithm, material: Material::Public(public) })
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

pub(crate) fn hmac_key(algorithm: Algorithm, secret: &[u8]) -> Result<hmac::Key, KeyError> {
    let Scheme::Hmac(hash) = algorithm.scheme() else { return Err(KeyError::Unsupported) };
    if secret.len() < shortest_secret(hash) {
        return Err(KeyError::Weak);
    }
    Ok(hmac::Key::new(hash, secret))
}

/// The uncompressed point of SEC 1 §2.3.3: `04 ‖ x ‖ y`.
pub(crate) fn ec_point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

/// Modulus odd, of 2048 to 8192 bits and not of a broken generator, exponent odd, from 3 and of at most 33 bits.
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
    let roca = roca::has_fingerprint(n);
    if canonical && !roca && RSA_BITS.contains(&bits) && odd(n) && odd(e) && exponent_fits {
        Ok(())
    } else {
        Err(KeyError::Weak)
    }
}
