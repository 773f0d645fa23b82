//! The keys of the forger, all of them published somewhere, and what a verifier may know of them.

use std::{collections::BTreeMap, fs};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPairComponents, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
        RsaEncoding, RsaKeyPair,
    },
};
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::Algorithm;
use serde_json::{Value, json};

use super::Draft;
use crate::root;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The file with Project Wycheproof's keys cannot be read.
    #[error("the file with the keys cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// It is not JSON.
    #[error("the file with the keys is not JSON")]
    NotJson(#[from] serde_json::Error),
    /// A key is not in the file, or is not what it was.
    #[error("the key {0} is missing or broken")]
    Key(&'static str),
}

/// Which keys a verifier has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trust {
    /// A published set: ten algorithms with a key each, one of them with a second key, a key for
    /// encryption, and a secret that has no business there.
    KeySet,
    /// The secret for HS256.
    Hs256,
    /// The secret for HS384.
    Hs384,
    /// The secret for HS512.
    Hs512,
}

impl Trust {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::KeySet, Self::Hs256, Self::Hs384, Self::Hs512];

    /// The algorithm of the secret; none for the set.
    pub fn secret(self) -> Option<Algorithm> {
        match self {
            Self::KeySet => None,
            Self::Hs256 => Some(Algorithm::Hs256),
            Self::Hs384 => Some(Algorithm::Hs384),
            Self::Hs512 => Some(Algorithm::Hs512),
        }
    }

    /// Who verifies tokens of this algorithm.
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        let found = Self::ALL.into_iter().find(|trust| trust.secret() == Some(algorithm));
        found.unwrap_or(Self::KeySet)
    }
}

enum Signer {
    Hmac(Box<hmac::Key>),
    Ed25519(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(&'static dyn RsaEncoding, RsaKeyPair),
}

/// Keys by the name that tokens of the set call them.
pub struct KeyRing {
    signers: BTreeMap<&'static str, Signer>,
    published: Vec<Value>,
}

/// P-384, RFC 6979 appendix A.2.6.
const RFC6979_P384: &str = r#"{
    "kty": "EC", "crv": "P-384",
    "d": "a509rS4bjBwFsZh1tmWfTeI8O2Z78pe6mqR3QHhxN9iW1XJOTHCoJfhyyepg0u31",
    "x": "7DpOQVtOGaRWhhgCn0J_pdqai8SukuAuBqrlKGswDGTe-PDqkFWGYGSiVFFUgLwT",
    "y": "gBXZty19VyROqO-awMYhiWcIpZNn-d-59UyoSz8cnbEoiyMcOuDU_nNE_SUzJkcg"
}"#;

const WYCHEPROOF: &str =
    "crates/countersign-jwt/tests/vectors/wycheproof/json_web_signature_test.json";

/// Names of RSA keys: ours, Wycheproof's, the encoding and `alg`.
const RSA: [(&str, &str, &dyn RsaEncoding, &str); 6] = [
    ("rs256", "RS256_2048", &RSA_PKCS1_SHA256, "RS256"),
    ("rs384", "RS384_2048", &RSA_PKCS1_SHA384, "RS384"),
    ("rs512", "RS512_2048", &RSA_PKCS1_SHA512, "RS512"),
    ("ps256", "PS256_2048", &RSA_PSS_SHA256, "PS256"),
    ("ps384", "PS384_2048", &RSA_PSS_SHA384, "PS384"),
    ("ps512", "PS512_2048", &RSA_PSS_SHA512, "PS512"),
];

impl KeyRing {
    pub(crate) fn new() -> Result<Self, KeyRingError> {
        let wycheproof = wycheproof_keys()?;
        let find = |member: &str, value, name| {
            wycheproof.iter().find(|key| key[member] == value).ok_or(KeyRingError::Key(name))
        };
        let mut ring = Self { signers: BTreeMap::new(), published: Vec::new() };
        for (name, kid, encoding, algorithm) in RSA {
            let jwk = find("kid", kid, name)?;
            let pair = rsa(jwk).ok_or(KeyRingError::Key(name))?;
            ring.signers.insert(name, Signer::Rsa(encoding, pair));
            ring.publish(name, jwk, json!({"alg": algorithm, "use": "sig"}));
        }
        let p256 = find("crv", "P-256", "es256")?;
        let p384 = serde_json::from_str(RFC6979_P384)?;
        let p521 = find("crv", "P-521", "es512")?;
        for (name, jwk, more) in [
            ("es256", p256, json!({"alg": "ES256", "key_ops": ["verify"]})),
            ("es384", &p384, json!({"alg": "ES384"})),
            ("es512", p521, json!({"use": "sig"})),
            ("enc1", p256, json!({"use": "enc"})),
        ] {
            ring.signers.insert(name, Signer::Ec(ec(jwk).ok_or(KeyRingError::Key(name))?));
            ring.publish(name, jwk, more);
        }
        // No `alg`: RFC 8037 and RFC 9864 give this key two names for its one algorithm.
        for (name, seed) in [("ed1", counting::<32>(0)), ("ed2", counting::<32>(1))] {
            let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
                .map_err(|_rejected| KeyRingError::Key(name))?;
            let x = base64url(pair.public_key());
            ring.publish(name, &json!({"kty": "OKP", "crv": "Ed25519", "x": x}), json!({}));
            ring.signers.insert(name, Signer::Ed25519(pair));
        }
        ring.published.push(json!({"kty": "oct", "kid": "oct1", "alg": "HS256",
            "k": base64url(counting::<32>(0))}));
        for (name, algorithm) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let key = hmac::Key::new(algorithm, &counting::<64>(0)[..secret_length(name)]);
            ring.signers.insert(name, Signer::Hmac(Box::new(key)));
        }
        Ok(ring)
    }

    fn publish(&mut self, name: &str, jwk: &Value, more: Value) {
        let mut public = more;
        public["kid"] = name.into();
        for member in ["kty", "crv", "x", "y", "n", "e"] {
            if let Some(value) = jwk.get(member) {
                public[member] = value.clone();
            }
        }
        self.published.push(public);
    }

    /// The published set.
    pub fn key_set_json(&self) -> String {
        json!({ "keys": self.published }).to_string()
    }

    /// The secret of an HMAC algorithm.
    pub fn secret(algorithm: Algorithm) -> Vec<u8> {
        counting::<64>(0)[..secret_length(algorithm.as_str())].to_vec()
    }

    /// All names to sign with.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.signers.keys().copied().collect()
    }

    /// What is signed: the first two parts.
    pub(crate) fn signed_text(draft: &Draft) -> String {
        format!("{}.{}", base64url(&draft.header), base64url(&draft.payload))
    }

    pub(crate) fn sign(&self, draft: &Draft) -> String {
        self.sign_text(&Self::signed_text(draft), draft.signer)
    }

    pub(crate) fn sign_text(&self, text: &str, signer: &str) -> String {
        let signature = self.signature(text.as_bytes(), signer);
        format!("{text}.{}", base64url(signature))
    }

    fn signature(&self, message: &[u8], signer: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.signers[signer] {
            Signer::Hmac(key) => hmac::sign(key, message).as_ref().to_vec(),
            Signer::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Signer::Ec(pair) => {
                pair.sign(&random, message).expect("a good key signs").as_ref().to_vec()
            }
            Signer::Rsa(encoding, pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).expect("a good key signs");
                signature
            }
        }
    }
}

/// Every private key of the file, once for each time it occurs.
fn wycheproof_keys() -> Result<Vec<Value>, KeyRingError> {
    let file: Value = serde_json::from_slice(&fs::read(root().join(WYCHEPROOF))?)?;
    let groups = file["testGroups"].as_array().cloned().unwrap_or_default();
    Ok(groups.into_iter().map(|mut group| group["private"].take()).collect())
}

fn rsa(jwk: &Value) -> Option<RsaKeyPair> {
    let number = |name| bytes(jwk, name);
    let (n, e) = (number("n")?, number("e")?);
    RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: n.as_slice(), e: e.as_slice() },
        d: number("d")?.as_slice(),
        p: number("p")?.as_slice(),
        q: number("q")?.as_slice(),
        dP: number("dp")?.as_slice(),
        dQ: number("dq")?.as_slice(),
        qInv: number("qi")?.as_slice(),
    })
    .ok()
}

fn ec(jwk: &Value) -> Option<EcdsaKeyPair> {
    let signs = match jwk["crv"].as_str()? {
        "P-256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
        "P-384" => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P521_SHA512_FIXED_SIGNING,
    };
    let point = [vec![4], bytes(jwk, "x")?, bytes(jwk, "y")?].concat();
    EcdsaKeyPair::from_private_key_and_public_key(signs, &bytes(jwk, "d")?, &point).ok()
}

fn bytes(jwk: &Value, member: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(jwk[member].as_str()?).ok()
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// The bytes `first, first + 1, …`.
fn counting<const N: usize>(first: u8) -> [u8; N] {
    let mut next = first;
    std::array::from_fn(|_| {
        let byte = next;
        next = next.wrapping_add(1);
        byte
    })
}

fn secret_length(algorithm: &str) -> usize {
    match algorithm {
        "HS256" => 32,
        "HS384" => 48,
        _ => 64,
    }
}
