//! Why a token, a key or a signature was refused.
//!
//! Every error has a `code`, a stable lower-case word for logs and metrics. The texts are for the
//! operator's log: they never hold a part of a token or a key, and they are not meant for the caller
//! who sent the token.

use std::fmt;

use crate::algorithm::Algorithm;

/// A part of a token in compact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first part, with `alg` and `kid`.
    Header,
    /// The second part, with the claims.
    Payload,
    /// The third part.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a token is not accepted, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    #[error("the token is too large")]
    TooLarge,
    /// Not `header.payload.signature` (RFC 7515 §3.1).
    #[error("the token does not have three parts")]
    NotThreeParts,
    /// A part is not canonical base64url without padding (RFC 7515 §2).
    #[error("the {part} is not canonical base64url")]
    NotBase64Url {
        /// Which part.
        part: Part,
    },
    /// A part is not a strict JSON object: grammar, duplicate members, depth, size.
    #[error("the {part} is not a strict JSON object")]
    NotStrictJson {
        /// Which part.
        part: Part,
    },
    /// The header has a member that is not supported (`crit`, `jwk` …), or `typ` or `kid` has an
    /// unacceptable value.
    #[error("the header member {member} is refused")]
    RefusedHeader {
        /// The name of the member.
        member: &'static str,
    },
    /// `alg` is missing, `none`, or not an [`Algorithm`](crate::Algorithm).
    #[error("the algorithm is not supported")]
    UnsupportedAlgorithm,
    /// No key has the `kid` of the token.
    #[error("the key of the token is not known")]
    UnknownKey,
    /// The token names no key, and no key has its algorithm.
    #[error("the token names no key and none fits")]
    NoFittingKey,
    /// The token has no `kid` and more than one key would fit.
    #[error("the token names no key and several fit")]
    AmbiguousKey,
    /// `alg` is not the algorithm the key is bound to (RFC 8725 §3.1).
    #[error("the algorithm is not the key's")]
    AlgorithmMismatch,
    /// The signature was not made by the key over these bytes.
    #[error("the signature is wrong")]
    WrongSignature,
    /// A required claim is not there. For `sub` see [`Self::MissingSubject`].
    #[error("the claim {claim} is missing")]
    MissingClaim {
        /// The name of the claim.
        claim: &'static str,
    },
    /// A claim has the wrong type or an impossible value.
    #[error("the claim {claim} is invalid")]
    InvalidClaim {
        /// The name of the claim.
        claim: &'static str,
    },
    /// `iss` is another issuer, or `aud` does not name us.
    #[error("the claim {claim} names somebody else")]
    Mismatch {
        /// `iss` or `aud`.
        claim: &'static str,
    },
    /// `nbf` or `iat` is in the future, beyond the leeway.
    #[error(
        "the token is not valid yet ({claim}); if it is a new one, this is clock skew: its issuer is ahead"
    )]
    NotYetValid {
        /// `nbf` or `iat`.
        claim: &'static str,
    },
    /// `exp` is further away than tokens may live.
    #[error("the token lives too long")]
    LivesTooLong,
    /// `exp` is over, beyond the leeway. Signature, issuer and audience were right.
    #[error("the token has expired")]
    Expired,
    /// `iat` is longer ago than [`Verifier::with_max_age`](crate::Verifier::with_max_age) allows.
    #[error("the token is too old")]
    TooOld,
    /// `sub` is missing, `null` or empty: nobody can be meant.
    #[error("the claim sub is missing")]
    MissingSubject,
}

impl TokenError {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotThreeParts => "not_three_parts",
            Self::NotBase64Url { .. } => "not_base64url",
            Self::NotStrictJson { .. } => "not_strict_json",
            Self::RefusedHeader { .. } => "refused_header",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::UnknownKey => "unknown_key",
            Self::NoFittingKey => "no_fitting_key",
            Self::AmbiguousKey => "ambiguous_key",
            Self::AlgorithmMismatch => "algorithm_mismatch",
            Self::WrongSignature => "wrong_signature",
            Self::MissingClaim { .. } => "missing_claim",
            Self::MissingSubject => "missing_subject",
            Self::InvalidClaim { .. } => "invalid_claim",
            Self::Mismatch { claim: "iss" } => "wrong_issuer",
            Self::Mismatch { .. } => "wrong_audience",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::LivesTooLong => "lives_too_long",
            Self::Expired => "expired",
            Self::TooOld => "too_old",
        }
    }

    /// The claim that is to blame, when it is a claim.
    pub fn claim(&self) -> Option<&'static str> {
        match self {
            Self::MissingClaim { claim }
            | Self::InvalidClaim { claim }
            | Self::Mismatch { claim }
            | Self::NotYetValid { claim } => Some(claim),
            Self::TooOld => Some("iat"),
            Self::MissingSubject => Some("sub"),
            Self::LivesTooLong | Self::Expired => Some("exp"),
            _ => None,
        }
    }
}

/// Why a key or a key set is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not a strict JSON object.
    #[error("the key is not a JSON object")]
    NotJson,
    /// Not an object with an array `keys` (RFC 7517 §5).
    #[error("the text is not a JSON Web Key Set")]
    NotAKeySet,
    /// More than [`MAX_KEYS`](crate::MAX_KEYS) keys.
    #[error("the set holds too many keys")]
    TooManyKeys,
    /// `kty`, `crv` or `alg` is not one this crate knows, or they do not belong together.
    #[error("the kind of the key is not supported")]
    Unsupported,
    /// `use` or `key_ops` does not permit the key to verify (RFC 7517 §4.2, §4.3).
    #[error("the key is not meant for signatures")]
    NotForSignatures,
    /// A key set for everybody to read holds a private or secret key.
    #[error("the key set publishes a secret")]
    PublishedSecret,
    /// A member of the key is missing, has the wrong type or an impossible value.
    #[error("the member {member} of the key is invalid")]
    InvalidMember {
        /// The name of the member.
        member: &'static str,
    },
    /// An HMAC secret below 32 bytes, an RSA modulus below 2048 bits, or a bad RSA exponent.
    #[error("the key is too weak")]
    Weak,
    /// Another key of the set has the same `kid`.
    #[error("several keys have the same kid")]
    DuplicateKid,
    /// The numbers do not form a key: a point off the curve, parts that do not fit each other.
    #[error("the key is rejected")]
    Rejected,
    /// Not a PEM block (RFC 7468), or not only one.
    #[error("the text is not a PEM block and nothing else")]
    NotPem,
    /// More than one PEM block: a chain, a pair, or `EC PARAMETERS` in front of the key.
    #[error("the text holds several PEM blocks; leave the key only")]
    SeveralBlocks,
    /// A PEM block of something that is no such key: a certificate, a request.
    #[error("the PEM block is not labelled {expected}")]
    WrongLabel {
        /// The label of what is needed.
        expected: &'static str,
    },
    /// A private key under a password.
    #[error("the private key is encrypted; `openssl pkey` decrypts it")]
    Encrypted,
    /// A private key where everybody may read it, or nobody needs it.
    #[error(
        "a private key stands where a public one belongs; `openssl pkey -pubout` extracts that"
    )]
    PrivateKey,
    /// A public key where tokens are to be signed.
    #[error("a public key stands where a private one belongs")]
    PublicKey,
    /// Not DER, or not that of a `SubjectPublicKeyInfo` or a private key.
    #[error("the bytes are not a key in DER")]
    NotDer,
    /// A key for something else: RSA where Ed25519 is asked for, another curve.
    #[error("the key is not of the kind that {algorithm} needs")]
    WrongKind {
        /// The algorithm that was asked for.
        algorithm: Algorithm,
    },
    /// The machine could not make a key.
    #[error("no key could be generated")]
    NotGenerated,
}

impl KeyError {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotAKeySet => "not_a_key_set",
            Self::TooManyKeys => "too_many_keys",
            Self::Unsupported => "unsupported_key",
            Self::NotForSignatures => "not_for_signatures",
            Self::PublishedSecret => "published_secret",
            Self::InvalidMember { .. } => "invalid_member",
            Self::Weak => "weak_key",
            Self::DuplicateKid => "duplicate_kid",
            Self::Rejected => "rejected_key",
            Self::NotPem => "not_pem",
            Self::SeveralBlocks => "several_blocks",
            Self::WrongLabel { .. } => "wrong_label",
            Self::Encrypted => "encrypted_key",
            Self::PrivateKey => "private_key",
            Self::PublicKey => "public_key",
            Self::NotDer => "not_der",
            Self::WrongKind { .. } => "wrong_kind",
            Self::NotGenerated => "not_generated",
        }
    }
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The claims could not be written as JSON.
    #[error("the claims could not be serialized")]
    Serialize(#[source] serde_json::Error),
    /// The claims are not a JSON object (RFC 7519 §3).
    #[error("the claims are not an object")]
    NotAnObject,
    /// The signature operation failed.
    #[error("the signature could not be made")]
    NotSigned,
}

impl SignError {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Serialize(_) => "not_serialized",
            Self::NotAnObject => "not_an_object",
            Self::NotSigned => "not_signed",
        }
    }
}
