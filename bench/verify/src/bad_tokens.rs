//! Bad tokens of twenty classes, as many as one likes and no two alike.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::KeySet;

use crate::{
    Failure,
    material::{AUDIENCE, ISSUER, KID},
};

/// The classes, by what is wrong.
pub const CLASSES: [&str; 20] = [
    "no token at all",
    "two parts",
    "four parts",
    "standard base64 instead of base64url",
    "spare bits of the signature set",
    "a header that is no JSON",
    "alg twice in the header",
    "alg none, no signature",
    "HS256 with the public key as the secret",
    "alg of another key",
    "crit in the header",
    "the sender's own key in the header",
    "a kid that nobody knows",
    "a payload changed after signing",
    "signed by another key",
    "sub twice in the payload",
    "another issuer",
    "another audience",
    "expired",
    "no subject",
];

/// Signs good tokens and everything bad.
pub struct Forger {
    key: Ed25519KeyPair,
    other: Ed25519KeyPair,
    now: i64,
}

impl Forger {
    /// With two new keys: the issuer's and a stranger's.
    pub fn new(now: i64) -> Result<Self, Failure> {
        Ok(Self { key: Ed25519KeyPair::generate()?, other: Ed25519KeyPair::generate()?, now })
    }

    /// The issuer's keys.
    pub fn key_set(&self) -> Result<KeySet, Failure> {
        let set = serde_json::json!({ "keys": [public_jwk(&self.key)] });
        Ok(KeySet::from_jwks_json(set.to_string().as_bytes())?)
    }

    /// A token without fault.
    pub fn good(&self, number: u32) -> String {
        signed(&self.key, &header("EdDSA", KID), &self.claims(number))
    }

    /// A token of the class at this place of [`CLASSES`].
    pub fn bad(&self, class: usize, number: u32) -> String {
        let claims = self.claims(number);
        let usual = header("EdDSA", KID);
        let with = |header: &str| signed(&self.key, header, &claims);
        let saying = |claims: &str| signed(&self.key, &usual, claims);
        match class {
            0 => format!("nothing-{number}"),
            1 => format!("{}.{}", encode(usual.as_bytes()), encode(claims.as_bytes())),
            2 => format!("{}.{}", self.good(number), encode(claims.as_bytes())),
            3 => format!("{}.{}+/=", unsigned(&usual, &claims), "A".repeat(83)),
            4 => spare_bit_set(&self.good(number)),
            5 => with(&format!("not JSON {number}")),
            6 => with(&format!(r#"{{"alg":"none","alg":"EdDSA","kid":"{KID}"}}"#)),
            7 => format!("{}.", unsigned(r#"{"alg":"none"}"#, &claims)),
            8 => self.confused(&claims),
            9 => with(&header("ES256", KID)),
            10 => with(&format!(r#"{{"alg":"EdDSA","kid":"{KID}","crit":["exp"]}}"#)),
            11 => {
                let jwk = public_jwk(&self.other);
                let header = format!(r#"{{"alg":"EdDSA","kid":"{KID}","jwk":{jwk}}}"#);
                signed(&self.other, &header, &claims)
            }
            12 => with(&header("EdDSA", &format!("kid-{number}"))),
            13 => {
                let good = self.good(number);
                let signature = good.rsplit('.').next().unwrap_or_default();
                format!("{}.{signature}", unsigned(&usual, &self.claims(number ^ 1)))
            }
            14 => signed(&self.other, &usual, &claims),
            15 => saying(&claims.replacen('{', r#"{"sub":"alice","#, 1)),
            16 => saying(&claims.replacen(ISSUER, "https://elsewhere.example.com", 1)),
            17 => saying(&claims.replacen(AUDIENCE, "https://elsewhere.example.com", 1)),
            18 => saying(&claims_at(self.now - 7200, number)),
            _ => saying(&claims.replacen(r#""sub""#, r#""bus""#, 1)),
        }
    }
    fn claims(&self, number: u32) -> String {
        claims_at(self.now, number)
    }

    fn confused(&self, claims: &str) -> String {
        let signed = unsigned(&header("HS256", KID), claims);
        let secret = hmac::Key::new(hmac::HMAC_SHA256, self.key.public_key().as_ref());
        let tag = hmac::sign(&secret, signed.as_bytes());
        format!("{signed}.{}", encode(tag.as_ref()))
    }
}

fn public_jwk(key: &Ed25519KeyPair) -> serde_json::Value {
    let x = encode(key.public_key().as_ref());
    serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": KID, "x": x })
}

fn claims_at(now: i64, number: u32) -> String {
    let exp = now + 3600;
    format!(
        r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"user-{number}","iat":{now},"exp":{exp}}}"#
    )
}

fn header(alg: &str, kid: &str) -> String {
    format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#)
}

fn signed(key: &Ed25519KeyPair, header: &str, payload: &str) -> String {
    let text = unsigned(header, payload);
    let signature = key.sign(text.as_bytes());
    format!("{text}.{}", encode(signature.as_ref()))
}

fn unsigned(header: &str, payload: &str) -> String {
    format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()))
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The last of the 86 characters of a signature has four bits that say nothing; here one is set, and
/// a lenient decoder reads the same signature.
fn spare_bit_set(token: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = token.split_at(token.len() - 1);
    let place = ALPHABET.find(last).unwrap_or_default();
    format!("{rest}{}", &ALPHABET[place + 1..place + 2])
}
