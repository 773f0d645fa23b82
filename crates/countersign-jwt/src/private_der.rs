//! A private key as OpenSSL writes it, in DER or PEM.
//!
//! | Form | PEM label | for |
//! |---|---|---|
//! | PKCS #8 (RFC 5208, RFC 5958) | `PRIVATE KEY` | all key pairs |
//! | PKCS #1 (RFC 8017 §A.1.2) | `RSA PRIVATE KEY` | RS…, PS… |
//! | SEC 1 (RFC 5915) | `EC PRIVATE KEY` | ES…, by the curve |
//!
//! Encrypted keys are refused: what decrypts them is a command, `openssl pkey`, and not a token library.

use aws_lc_rs::{
    encoding::AsDer,
    signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair},
};
use pkcs1::RsaPrivateKeyRef;
use pkcs8::PrivateKeyInfoRef;
use sec1::{EcParameters, EcPrivateKey};

use crate::{
    algorithm::Algorithm,
    error::KeyError,
    key::check_rsa_strength,
    pem::Block,
    public_der::check_kind,
    scheme::Scheme,
    sign::{Material, SigningKey},
};

/// How a private key is written.
enum Form<'d> {
    Pkcs8(PrivateKeyInfoRef<'d>),
    Pkcs1,
    Sec1(EcPrivateKey<'d>),
}

impl SigningKey {
    /// Reads a private key from a PEM block: PKCS #8, for RSA also PKCS #1, for the curves of NIST also
    /// SEC 1. White space around the block is ignored, anything else beside it is an error.
    pub fn from_private_pem(algorithm: Algorithm, pem: &str) -> Result<Self, KeyError> {
        let block = Block::read(pem)?;
        match block.label {
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => {
                Self::from_private_der(algorithm, &block.der)
            }
            public if public.ends_with("PUBLIC KEY") => Err(KeyError::PublicKey),
            _ => Err(KeyError::WrongLabel { expected: "PRIVATE KEY" }),
        }
    }

    /// Reads a private key from DER: PKCS #8, for RSA also PKCS #1, for the curves of NIST also SEC 1.
    pub fn from_private_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let form = Form::of(der).ok_or(KeyError::NotDer)?;
        if let Form::Pkcs8(info) = &form {
            check_kind(algorithm, &info.algorithm)?;
        }
        let material = match (form, algorithm.scheme()) {
            (_, Scheme::Hmac(_)) => return Err(KeyError::Unsupported),
            (Form::Pkcs8(_), Scheme::Ed25519) => {
                Ed25519KeyPair::from_pkcs8(der).map(Material::Ed25519)
            }
            (Form::Pkcs8(_), Scheme::Ec(curve)) => {
                EcdsaKeyPair::from_pkcs8(curve.signs, der).map(|pair| Material::Ec(curve, pair))
            }
            (Form::Sec1(key), Scheme::Ec(curve))
                if key.parameters.and_then(EcParameters::named_curve) == Some(curve.oid) =>
            {
                EcdsaKeyPair::from_private_key_der(curve.signs, der)
                    .map(|pair| Material::Ec(curve, pair))
            }
            (Form::Pkcs8(_), Scheme::Rsa(rsa)) => {
                RsaKeyPair::from_pkcs8(der).map(|pair| Material::Rsa(rsa.signs, pair))
            }
            (Form::Pkcs1, Scheme::Rsa(rsa)) => {
                RsaKeyPair::from_der(der).map(|pair| Material::Rsa(rsa.signs, pair))
            }
            (Form::Pkcs1 | Form::Sec1(_), _) => return Err(KeyError::WrongKind { algorithm }),
        };
        let material = material.map_err(|_rejected| KeyError::Rejected)?;
        if let Material::Rsa(_, pair) = &material {
            check_strength(pair)?;
        }
        Ok(Self::of(algorithm, material))
    }
}

impl<'d> Form<'d> {
    fn of(der: &'d [u8]) -> Option<Self> {
        if let Ok(info) = PrivateKeyInfoRef::try_from(der) {
            return Some(Self::Pkcs8(info));
        }
        if RsaPrivateKeyRef::try_from(der).is_ok() {
            return Some(Self::Pkcs1);
        }
        EcPrivateKey::try_from(der).ok().map(Self::Sec1)
    }
}

fn check_strength(pair: &RsaKeyPair) -> Result<(), KeyError> {
    let written = pair.as_der().map_err(|_unspecified| KeyError::Rejected)?;
    let [n, e, ..] = rsa_numbers(written.as_ref()).ok_or(KeyError::Rejected)?;
    check_rsa_strength(n, e)
}

/// The numbers of an RSA private key in the order of PKCS #1: n, e, d, p, q, dp, dq, qi; big-endian
/// without leading zero.
pub(crate) fn rsa_numbers(pkcs8: &[u8]) -> Option<[&[u8]; 8]> {
    let info = PrivateKeyInfoRef::try_from(pkcs8).ok()?;
    let key = RsaPrivateKeyRef::try_from(info.private_key.as_bytes()).ok()?;
    let numbers = [
        key.modulus,
        key.public_exponent,
        key.private_exponent,
        key.prime1,
        key.prime2,
        key.exponent1,
        key.exponent2,
        key.coefficient,
    ];
    Some(numbers.map(|number| number.as_bytes()))
}
