//! Signing: the private side of a key, and the token it makes.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
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
    private_jwk::{Half, PrivateJwk, write_ed25519, write_p256, write_rsa},
};

/// A key that signs. It cannot be printed or compared.
pub struct SigningKey {
    kid: Option<String>,
    material: Material,
}

enum Material {
    Secret(Box<hmac::Key>),
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl SigningKey {
    /// A shared secret for HS256, at least 32 bytes (RFC 7518 §3.2).
    pub fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::of(Material::Secret(Box::new(hmac_key(secret)?))))
    }

    /// A fresh key pair, RSA with 2048 bits. [`KeyError::Unsupported`] for HS256, which has none.
    ///
    /// The randomness is that of the operating system: a key is the one thing no test may predict.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let material = match algorithm {
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Material::Ed25519),
            Algorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Material::P256)
            }
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Material::Rsa),
            Algorithm::Hs256 => return Err(KeyError::Unsupported),
        };
        Ok(Self::of(material.map_err(|_unspecified| KeyError::NotGenerated)?))
    }

    /// Reads a private JWK (RFC 7517; RFC 7518 §6.2.2 and §6.3.2, RFC 8037 §2). All members of the key
    /// must be there and fit each other; `alg`, when present, must be the algorithm asked for. Other
    /// members are ignored, `kid` too: see [`with_kid`](Self::with_kid).
    pub fn from_private_jwk(algorithm: Algorithm, jwk_json: &str) -> Result<Self, KeyError> {
        let jwk = PrivateJwk::parse(jwk_json, algorithm)?;
        Ok(Self::of(match algorithm {
            Algorithm::EdDsa => Material::Ed25519(jwk.ed25519()?),
            Algorithm::Es256 => Material::P256(jwk.p256()?),
            Algorithm::Rs256 => Material::Rsa(jwk.rsa()?),
            Algorithm::Hs256 => return Err(KeyError::Unsupported),
        }))
    }

    fn of(material: Material) -> Self {
        Self { kid: None, material }
    }

    /// Names the key in the header of its tokens. Verifiers take 1 to 256 bytes without control
    /// characters.
    #[must_use]
    pub fn with_kid(mut self, kid: &str) -> Self {
        self.kid = Some(kid.to_owned());
        self
    }

    /// The name put into the header, if any.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm the key is bound to.
    pub fn algorithm(&self) -> Algorithm {
        match &self.material {
            Material::Secret(_) => Algorithm::Hs256,
            Material::Ed25519(_) => Algorithm::EdDsa,
            Material::P256(_) => Algorithm::Es256,
            Material::Rsa(_) => Algorithm::Rs256,
        }
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
            Material::P256(pair) => write_p256(pair, half),
            Material::Rsa(pair) => write_rsa(pair, half),
        }
    }

    /// The set of just this key, to verify its own tokens with.
    pub fn key_set(&self) -> Result<KeySet, KeyError> {
        if let Material::Secret(key) = &self.material {
            return Ok(KeySet::of(self.kid.clone(), Key::from_hmac(hmac::Key::clone(key))));
        }
        let public = self.public_jwk().ok_or(KeyError::Rejected)?;
        let members =
            json::object(public.as_bytes()).map_err(|json::NotStrictJson| KeyError::NotJson)?;
        Ok(KeySet::of(self.kid.clone(), jwk::parse(&members)?.key))
    }

    /// Makes a token in compact form. The header is exactly `{"alg":…}`, or `{"alg":…,"kid":…}` for a
    /// named key; the claims must serialize to a JSON object and are written as they come.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SignError> {
        let payload = serde_json::to_vec(claims).map_err(SignError::Serialize)?;
        if payload.first() != Some(&b'{') {
            return Err(SignError::NotAnObject);
        }
        let mut token = base64url::encode(self.header().as_bytes());
        token.push('.');
        token.push_str(&base64url::encode(&payload));
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        token.push_str(&base64url::encode(&signature));
        Ok(token)
    }

    fn header(&self) -> String {
        let algorithm = self.algorithm();
        match &self.kid {
            None => format!(r#"{{"alg":"{algorithm}"}}"#),
            Some(kid) => format!(r#"{{"alg":"{algorithm}","kid":{}}}"#, Value::from(kid.as_str())),
        }
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let not_signed = |_unspecified| SignError::NotSigned;
        match &self.material {
            Material::Secret(key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
            Material::Ed25519(pair) => {
                pair.try_sign(message).map(|s| s.as_ref().to_vec()).map_err(not_signed)
            }
            Material::P256(pair) => pair
                .sign(&SystemRandom::new(), message)
                .map(|s| s.as_ref().to_vec())
                .map_err(not_signed),
            Material::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(not_signed)?;
                Ok(signature)
            }
        }
    }
}
