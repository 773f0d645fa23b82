//! An issuer with a shared secret, one with an Ed25519 key, and the power to sign any bytes at all: a
//! forged token is only a test when its signature is right.

use aws_lc_rs::{hmac, signature::Ed25519KeyPair};
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Claims, KeySet, SigningKey, TokenError, Verifier};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://auth.test";
pub(crate) const AUDIENCE: &str = "task-api";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// The bytes `00 01 … 1f`.
pub(crate) fn secret() -> [u8; 32] {
    std::array::from_fn(|i| u8::try_from(i).unwrap())
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "sid": "s1",
        "jti": "2f9c8e2e-4d0a-4a7c-9d55-5f1f0c1d2e3f",
        "iat": NOW, "exp": NOW + 900, "scope": "tasks:read tasks:write", "role": "user",
    })
}

/// The good claims with one of them changed.
pub(crate) fn claims_with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

pub(crate) fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// A verifier for `task-api` that reads the good claims.
pub(crate) fn verifier() -> Verifier {
    Verifier::new(ISSUER, AUDIENCE)
}

type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// Someone who can sign with the right key, and the keys to verify with.
pub(crate) struct Issuer {
    pub(crate) header: &'static str,
    pub(crate) keys: KeySet,
    sign: Sign,
}

impl Issuer {
    pub(crate) fn hs256() -> Self {
        let keys = KeySet::from_secret(&secret()).unwrap();
        Self { header: r#"{"alg":"HS256"}"#, keys, sign: hmac_signer(&secret()) }
    }

    pub(crate) fn ed25519() -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&secret()).unwrap();
        let x = aws_lc_rs::signature::KeyPair::public_key(&pair).as_ref().to_vec();
        let jwks = json!({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "x": base64url(x), "kid": "ed1", "alg": "EdDSA", "use": "sig"},
        ]});
        Self {
            header: r#"{"alg":"EdDSA","kid":"ed1"}"#,
            keys: KeySet::from_jwks_json(jwks.to_string().as_bytes()).unwrap(),
            sign: Box::new(move |message| pair.sign(message).as_ref().to_vec()),
        }
    }

    pub(crate) fn both() -> [Self; 2] {
        [Self::hs256(), Self::ed25519()]
    }

    /// A token over exactly these bytes, rightly signed.
    pub(crate) fn sign_bytes(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.sign_text(format!("{}.{}", base64url(header), base64url(payload)))
    }

    /// A token over exactly this text, rightly signed.
    pub(crate) fn sign_text(&self, signed: String) -> String {
        let signature = base64url((self.sign)(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.sign_bytes(self.header, claims.to_string())
    }

    pub(crate) fn good_token(&self) -> String {
        self.token(&claims())
    }

    pub(crate) fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        verifier().verify(token, &self.keys, now())
    }

    /// Why these claims are refused.
    pub(crate) fn refusal(&self, claims: &Value) -> TokenError {
        self.verify(&self.token(claims)).expect_err(&claims.to_string())
    }

    /// The header with a member put in front of the closing brace.
    pub(crate) fn header_with(&self, member: &str) -> String {
        format!("{},{member}}}", self.header.strip_suffix('}').unwrap())
    }
}

pub(crate) fn hmac_signer(key: &[u8]) -> Sign {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    Box::new(move |message| hmac::sign(&key, message).as_ref().to_vec())
}

/// A key set of these keys, as an issuer publishes it.
pub(crate) fn jwks(keys: &[Value]) -> KeySet {
    KeySet::from_jwks_json(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

/// The public half of a key as a member of a key set.
pub(crate) fn public(key: &SigningKey) -> Value {
    let mut jwk: Value = serde_json::from_str(&key.public_jwk().unwrap()).unwrap();
    if let Some(kid) = key.kid() {
        jwk["kid"] = kid.into();
    }
    jwk
}
