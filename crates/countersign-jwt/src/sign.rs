//! Signing: the private side of a key, and the token it makes.

#[cfg(test)]
mod vectors;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{EcdsaKeyPair, Ed25519KeyPair, RsaEncoding, RsaKeyPair},
};
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    algorithm::Algorithm,
    base64url,
    error::{KeyError, SignError},
    json, jwk,
    key::{Key, hmac_key},
    key_set::KeySet,
    private_jwk::{Half, PrivateJwk, write_ec, write_ed25519, write_rsa},
    scheme::{Curve, Scheme},
};

/// How many bits a new RSA key has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RsaSize {
    /// The least that RFC 7518 §3.3 allows.
    #[default]
    Bits2048,
    /// For keys that have to last beyond 2030 (NIST SP 800-57).
    Bits3072,
    /// More, and four times as slow to sign as 2048.
    Bits4096,
}

impl RsaSize {
    fn of_library(self) -> KeySize {
        match self {
            Self::Bits2048 => KeySize::Rsa2048,
            Self::Bits3072 => KeySize::Rsa3072,
            Self::Bits4096 => KeySize::Rsa4096,
        }
    }
}

/// A key that signs. It cannot be printed or compared.
pub struct SigningKey {
    kid: Option<String>,
    algorithm: Algorithm,
    /// What its tokens begin with: the header as it is encoded, and a dot.
    begins: String,
    material: Material,
}

pub(crate) enum Material {
    Secret(Box<hmac::Key>),
    Ed25519(Ed25519KeyPair),
    Ec(&'static Curve, EcdsaKeyPair),
    Rsa(&'static dyn RsaEncoding, RsaKeyPair),
}

impl SigningKey {
    /// A shared secret for HS256, at least 32 bytes (RFC 7518 §3.2).
    pub fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        Self::from_secret(Algorithm::Hs256, secret)
    }

    /// A shared secret for `HS256`, `HS384` or `HS512`, at least as long as the hash: 32, 48 or 64
    /// bytes (RFC 7518 §3.2). [`KeyError::Unsupported`] for algorithms with key pairs.
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let key = Box::new(hmac_key(algorithm, secret)?);
        Ok(Self::of(algorithm, Material::Secret(key)))
    }

    /// A fresh key pair, RSA with 2048 bits. [`KeyError::Unsupported`] for HMAC, which has none.
    ///
    /// The randomness is that of the operating system: a key is the one thing no test may predict.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::generate_sized(algorithm, RsaSize::default())
    }

    /// A fresh key pair like [`generate`](Self::generate)'s, with so many bits if it is RSA.
    pub fn generate_sized(algorithm: Algorithm, rsa_size: RsaSize) -> Result<Self, KeyError> {
        let material = match algorithm.scheme() {
            Scheme::Ed25519 => Ed25519KeyPair::generate().map(Material::Ed25519),
            Scheme::Ec(curve) => {
                EcdsaKeyPair::generate(curve.signs).map(|pair| Material::Ec(curve, pair))
            }
            Scheme::Rsa(rsa) => RsaKeyPair::generate(rsa_size.of_library())
                .map(|pair| Material::Rsa(rsa.signs, pair)),
            Scheme::Hmac(_) => return Err(KeyError::Unsupported),
        };
        Ok(Self::of(algorithm, material.map_err(|_unspecified| KeyError::NotGenerated)?))
    }

    /// Reads a private JWK (RFC 7517; RFC 7518 §6.2.2 and §6.3.2, RFC 8037 §2). All members of the key
    /// must be there and fit each other; `alg`, when present, must be the algorithm asked for. Other
    /// members are ignored, `kid` too: see [`with_kid`](Self::with_kid).
    pub fn from_private_jwk(algorithm: Algorithm, jwk_json: &str) -> Result<Self, KeyError> {
        let jwk = PrivateJwk::parse(jwk_json, algorithm)?;
        let material = match algorithm.scheme() {
            Scheme::Ed25519 => Material::Ed25519(jwk.ed25519()?),
            Scheme::Ec(curve) => Material::Ec(curve, jwk.ec(curve)?),
            Scheme::Rsa(rsa) => Material::Rsa(rsa.signs, jwk.rsa()?),
            Scheme::Hmac(_) => return Err(KeyError::Unsupported),
        };
        Ok(Self::of(algorithm, material))
    }

    pub(crate) fn of(algorithm: Algorithm, material: Material) -> Self {
        Self { kid: None, algorithm, begins: beginning(&header(algorithm, None)), material }
    }

    /// Names the key in the header of its tokens. Verifiers take 1 to 256 bytes without control
    /// characters.
    #[must_use]
    pub fn with_kid(mut self, kid: &str) -> Self {
        self.kid = Some(kid.to_owned());
        self.begins = beginning(&header(self.algorithm, Some(kid)));
        self
    }

    /// The name put into the header, if any.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm the key is bound to.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The private key as JSON without `kid` and `alg`, members in the order of Node's `WebCrypto`.
    /// `None` for a shared secret. The text is wiped when dropped.
    pub fn private_jwk(&self) -> Option<Zeroizing<String>> {
        self.jwk(Half::Private)
    }

    /// The public key as JSON without `kid` and `alg`, members in the order of Node's `WebCrypto`.
    /// `None` for a shared secret.
    pub fn public_jwk(&self) -> Option<String> {
        self.jwk(Half::Public).map(|json| json.as_str().to_owned())
    }

    fn jwk(&self, half: Half) -> Option<Zeroizing<String>> {
        match &self.material {
            Material::Secret(_) => None,
            Material::Ed25519(pair) => write_ed25519(pair, half),
            Material::Ec(curve, pair) => write_ec(curve, pair, half),
            Material::Rsa(_, pair) => write_rsa(pair, half),
        }
    }

    /// The set of just this key, to verify its own tokens with.
    pub fn key_set(&self) -> Result<KeySet, KeyError> {
        if let Material::Secret(key) = &self.material {
            return Ok(KeySet::of(
                self.kid.clone(),
                Key::from_hmac(self.algorithm, hmac::Key::clone(key)),
            ));
        }
        let public = self.public_jwk().ok_or(KeyError::Rejected)?;
        let mut members =
            json::map(public.as_bytes()).map_err(|json::NotStrictJson| KeyError::NotJson)?;
        members.insert("alg".to_owned(), self.algorithm.as_str().into());
        Ok(KeySet::of(self.kid.clone(), jwk::parse(&members)?.key))
    }

    /// Makes a token in compact form. The header is exactly `{"alg":…}`, or `{"alg":…,"kid":…}` for a
    /// named key; the claims must serialize to a JSON object and are written as they come.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SignError> {
        self.sign_behind(self.begins.clone(), claims)
    }

    /// The compact form of these members under this header.
    pub(crate) fn sign_under(
        &self,
        header: &str,
        members: &impl Serialize,
    ) -> Result<String, SignError> {
        self.sign_behind(beginning(header), members)
    }

    fn sign_behind(
        &self,
        mut token: String,
        members: &impl Serialize,
    ) -> Result<String, SignError> {
        let payload = serde_json::to_vec(members).map_err(SignError::Serialize)?;
        if payload.first() != Some(&b'{') {
            return Err(SignError::NotAnObject);
        }
        base64url::encode_behind(&mut token, &payload);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        base64url::encode_behind(&mut token, &signature);
        Ok(token)
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let not_signed = |_unspecified| SignError::NotSigned;
        match &self.material {
            Material::Secret(key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
            Material::Ed25519(pair) => {
                pair.try_sign(message).map(|s| s.as_ref().to_vec()).map_err(not_signed)
            }
            Material::Ec(_, pair) => pair
                .sign(&SystemRandom::new(), message)
                .map(|s| s.as_ref().to_vec())
                .map_err(not_signed),
            Material::Rsa(encoding, pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &SystemRandom::new(), message, &mut signature)
                    .map_err(not_signed)?;
                Ok(signature)
            }
        }
    }
}

fn header(algorithm: Algorithm, kid: Option<&str>) -> String {
    match kid {
        None => format!(r#"{{"alg":"{algorithm}"}}"#),
        Some(kid) => format!(r#"{{"alg":"{algorithm}","kid":{}}}"#, Value::from(kid)),
    }
}

/// What a compact form with this header begins with.
fn beginning(header: &str) -> String {
    let mut begins = base64url::encode(header.as_bytes());
    begins.push('.');
    begins
}
