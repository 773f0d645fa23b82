//! A public key as certificates hold it: `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7), DER or PEM.
//!
//! | Algorithm | Parameters | Key | for |
//! |---|---|---|---|
//! | rsaEncryption | NULL | `RSAPublicKey` (RFC 3279 §2.3.1) | RS…, PS… |
//! | id-ecPublicKey | the curve's name | the point, uncompressed (RFC 5480 §2) | ES…, by the curve |
//! | id-Ed25519 | none | 32 bytes (RFC 8410 §4) | `EdDSA` |
//!
//! The key is held to the same rules as one of a key set. What the key says of its algorithm is less
//! than a token says, so the algorithm is the caller's to name: one key, one algorithm.

use pkcs1::RsaPublicKeyRef;
use pkcs8::{
    AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfoRef, SubjectPublicKeyInfoRef,
    der::asn1::AnyRef,
};

use crate::{
    algorithm::Algorithm,
    error::KeyError,
    header,
    key::Key,
    key_set::KeySet,
    pem::Block,
    scheme::{Curve, Scheme},
};

const LABEL: &str = "PUBLIC KEY";
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

impl KeySet {
    /// The set of one public key, read from a PEM block `PUBLIC KEY`. White space around the block is
    /// ignored, anything else beside it is an error.
    ///
    /// With a `kid` the key takes tokens of that `kid` and tokens without one; without, only the
    /// latter.
    pub fn from_public_pem(
        kid: Option<&str>,
        algorithm: Algorithm,
        pem: &str,
    ) -> Result<Self, KeyError> {
        let block = Block::read(pem)?;
        match block.label {
            LABEL => Self::from_public_der(kid, algorithm, &block.der),
            private if private.ends_with("PRIVATE KEY") => Err(KeyError::PrivateKey),
            _ => Err(KeyError::WrongLabel { expected: LABEL }),
        }
    }

    /// The set of one public key, read from the DER of a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    /// For `kid` see [`from_public_pem`](Self::from_public_pem).
    pub fn from_public_der(
        kid: Option<&str>,
        algorithm: Algorithm,
        der: &[u8],
    ) -> Result<Self, KeyError> {
        if kid.is_some_and(|kid| !header::is_kid(kid)) {
            return Err(KeyError::InvalidMember { member: "kid" });
        }
        Ok(Self::of(kid.map(str::to_owned), read(algorithm, der)?))
    }
}

pub(crate) fn read(algorithm: Algorithm, der: &[u8]) -> Result<Key, KeyError> {
    let info = match SubjectPublicKeyInfoRef::try_from(der) {
        Ok(info) => info,
        Err(_) if PrivateKeyInfoRef::try_from(der).is_ok() => return Err(KeyError::PrivateKey),
        Err(_) => return Err(KeyError::NotDer),
    };
    check_kind(algorithm, &info.algorithm)?;
    let key = info.subject_public_key.as_bytes().ok_or(KeyError::NotDer)?;
    match algorithm.scheme() {
        Scheme::Hmac(_) => Err(KeyError::Unsupported),
        Scheme::Ed25519 => Key::ed25519(key),
        Scheme::Ec(curve) => {
            let (x, y) = coordinates(curve, key).ok_or(KeyError::Rejected)?;
            Key::ec(curve, x, y)
        }
        Scheme::Rsa(_) => {
            let key = RsaPublicKeyRef::try_from(key).map_err(|_malformed| KeyError::NotDer)?;
            Key::rsa(algorithm, key.modulus.as_bytes(), key.public_exponent.as_bytes())
        }
    }
}

/// Whether a key that calls itself so is one for the algorithm.
pub(crate) fn check_kind(
    algorithm: Algorithm,
    named: &AlgorithmIdentifierRef<'_>,
) -> Result<(), KeyError> {
    let fits = match algorithm.scheme() {
        Scheme::Hmac(_) => return Err(KeyError::Unsupported),
        Scheme::Ed25519 => named.oid == ED25519 && named.parameters.is_none(),
        Scheme::Ec(curve) => named.oid == EC && named.parameters_oid() == Ok(curve.oid),
        Scheme::Rsa(_) => named.oid == RSA && named.parameters.is_some_and(AnyRef::is_null),
    };
    if fits { Ok(()) } else { Err(KeyError::WrongKind { algorithm }) }
}

/// The halves of `04 ‖ x ‖ y` (SEC 1 §2.3.3).
fn coordinates<'k>(curve: &Curve, point: &'k [u8]) -> Option<(&'k [u8], &'k [u8])> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(curve.size)?;
    (y.len() == curve.size).then_some((x, y))
}
