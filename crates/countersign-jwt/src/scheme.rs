//! What an algorithm needs of the cryptographic library: one row each.

use aws_lc_rs::{
    digest, hmac,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
        ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING,
        EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
        RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
        RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
        RsaParameters,
    },
};

use pkcs8::ObjectIdentifier;

use crate::algorithm::Algorithm;

/// The kind of key an algorithm works with.
pub(crate) enum Scheme {
    /// A shared secret.
    Hmac(hmac::Algorithm),
    /// An RSA key pair.
    Rsa(Rsa),
    /// A key pair on one of the curves of NIST.
    Ec(&'static Curve),
    /// A key pair on Ed25519.
    Ed25519,
}

/// How RSA verifies and signs.
pub(crate) struct Rsa {
    pub(crate) verifies: &'static RsaParameters,
    pub(crate) signs: &'static dyn RsaEncoding,
}

/// A curve and the hash that JOSE ties to it.
pub(crate) struct Curve {
    /// `crv` in a JWK.
    pub(crate) name: &'static str,
    /// Its name in X.509 (RFC 5480 §2.1.1.1).
    pub(crate) oid: ObjectIdentifier,
    /// Bytes of a coordinate and of the private number.
    pub(crate) size: usize,
    pub(crate) algorithm: Algorithm,
    pub(crate) verifies: &'static EcdsaVerificationAlgorithm,
    pub(crate) signs: &'static EcdsaSigningAlgorithm,
}

pub(crate) static CURVES: [Curve; 3] = [
    Curve {
        name: "P-256",
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        size: 32,
        algorithm: Algorithm::Es256,
        verifies: &ECDSA_P256_SHA256_FIXED,
        signs: &ECDSA_P256_SHA256_FIXED_SIGNING,
    },
    Curve {
        name: "P-384",
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        size: 48,
        algorithm: Algorithm::Es384,
        verifies: &ECDSA_P384_SHA384_FIXED,
        signs: &ECDSA_P384_SHA384_FIXED_SIGNING,
    },
    Curve {
        name: "P-521",
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        size: 66,
        algorithm: Algorithm::Es512,
        verifies: &ECDSA_P521_SHA512_FIXED,
        signs: &ECDSA_P521_SHA512_FIXED_SIGNING,
    },
];

impl Algorithm {
    pub(crate) fn scheme(self) -> Scheme {
        match self {
            Self::Hs256 => Scheme::Hmac(hmac::HMAC_SHA256),
            Self::Hs384 => Scheme::Hmac(hmac::HMAC_SHA384),
            Self::Hs512 => Scheme::Hmac(hmac::HMAC_SHA512),
            Self::Rs256 => rsa(&RSA_PKCS1_2048_8192_SHA256, &RSA_PKCS1_SHA256),
            Self::Rs384 => rsa(&RSA_PKCS1_2048_8192_SHA384, &RSA_PKCS1_SHA384),
            Self::Rs512 => rsa(&RSA_PKCS1_2048_8192_SHA512, &RSA_PKCS1_SHA512),
            Self::Ps256 => rsa(&RSA_PSS_2048_8192_SHA256, &RSA_PSS_SHA256),
            Self::Ps384 => rsa(&RSA_PSS_2048_8192_SHA384, &RSA_PSS_SHA384),
            Self::Ps512 => rsa(&RSA_PSS_2048_8192_SHA512, &RSA_PSS_SHA512),
            Self::Es256 => Scheme::Ec(&CURVES[0]),
            Self::Es384 => Scheme::Ec(&CURVES[1]),
            Self::Es512 => Scheme::Ec(&CURVES[2]),
            Self::EdDsa => Scheme::Ed25519,
        }
    }
}

fn rsa(verifies: &'static RsaParameters, signs: &'static dyn RsaEncoding) -> Scheme {
    Scheme::Rsa(Rsa { verifies, signs })
}

/// The shortest secret: as long as the hash (RFC 7518 §3.2).
pub(crate) fn shortest_secret(algorithm: hmac::Algorithm) -> usize {
    digest::Algorithm::output_len(algorithm.digest_algorithm())
}
