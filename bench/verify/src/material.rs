//! One key and five tokens per algorithm, the same for every library, in a file that all programs read.

use std::{collections::BTreeMap, fs, path::Path};

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Algorithm, KeySet, SigningKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// The algorithms that are compared.
pub const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];

/// The claim `iss`.
pub const ISSUER: &str = "https://auth.example.com";
/// The claim `aud`.
pub const AUDIENCE: &str = "https://api.example.com";
/// The claim `sub`.
pub const SUBJECT: &str = "Zr4pYwq0dXcK7vBn2LhTmJ9sEuGfA1Ri";
/// The name of the public keys; a shared secret has none.
pub const KID: &str = "bench-2027-01";
/// How long the payload is, before it is written in base64url.
pub const PAYLOAD_BYTES: usize = 250;

const SECRET: &[u8; 32] = b"nobody's secret, for speed alone";
const HOUR: i64 = 3600;

/// What all programs read.
#[derive(Deserialize, Serialize)]
pub struct Material {
    /// The issuer every library demands.
    pub issuer: String,
    /// The audience every library demands.
    pub audience: String,
    /// The subject every library has to find.
    pub subject: String,
    /// By name of the algorithm.
    pub algorithms: BTreeMap<String, Tokens>,
}

/// The key of one algorithm, and its tokens.
#[derive(Deserialize, Serialize)]
pub struct Tokens {
    /// The key that verifies.
    pub jwk: Jwk,
    /// The token that is timed.
    pub good: String,
    /// Good but for the first character of the signature.
    pub tampered: String,
    /// Signed well, each with a claim that must be refused: issuer, audience, time.
    pub wrong_claims: Vec<String>,
}

/// A key as JSON (RFC 7517), the members of the four algorithms.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Jwk {
    kty: String,
    alg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

#[derive(Clone, Serialize)]
struct Payload<'p> {
    iss: &'p str,
    aud: &'p str,
    sub: &'p str,
    iat: i64,
    exp: i64,
    sid: &'p str,
    scope: &'p str,
    name: String,
}

impl Material {
    /// New keys, and tokens that are good for an hour.
    pub fn make(now: Timestamp) -> Result<Self, Failure> {
        let mut algorithms = BTreeMap::new();
        for algorithm in ALGORITHMS {
            algorithms.insert(algorithm.to_string(), Tokens::make(algorithm, now.as_second())?);
        }
        Ok(Self {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            subject: SUBJECT.to_owned(),
            algorithms,
        })
    }

    /// Reads what [`write`](Self::write) wrote.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }

    /// Writes it for all programs.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        Ok(fs::write(path, serde_json::to_vec_pretty(self)?)?)
    }

    /// The tokens of an algorithm.
    pub fn of(&self, algorithm: Algorithm) -> Result<&Tokens, Failure> {
        let name = algorithm.as_str();
        self.algorithms.get(name).ok_or_else(|| format!("no tokens of {name}").into())
    }
}

impl Tokens {
    fn make(algorithm: Algorithm, now: i64) -> Result<Self, Failure> {
        let (key, jwk) = if algorithm == Algorithm::Hs256 {
            let k = Some(Base64UrlUnpadded::encode_string(SECRET));
            let jwk =
                Jwk { kty: "oct".to_owned(), alg: algorithm.to_string(), k, ..Jwk::default() };
            (SigningKey::hs256(SECRET)?, jwk)
        } else {
            let key = SigningKey::generate(algorithm)?.with_kid(KID);
            let public = key.public_jwk().ok_or("a key pair has a public half")?;
            let mut jwk: Jwk = serde_json::from_str(&public)?;
            jwk.alg = algorithm.to_string();
            jwk.kid = Some(KID.to_owned());
            (key, jwk)
        };
        let payload = payload(now)?;
        let elsewhere = "https://elsewhere.example.com";
        let (iat, exp) = (now - 2 * HOUR, now - HOUR);
        let wrong_claims = vec![
            key.sign(&Payload { iss: elsewhere, ..payload.clone() })?,
            key.sign(&Payload { aud: elsewhere, ..payload.clone() })?,
            key.sign(&Payload { iat, exp, ..payload.clone() })?,
        ];
        let good = key.sign(&payload)?;
        Ok(Self { jwk, tampered: tamper(&good), good, wrong_claims })
    }

    /// The key as our own set.
    pub fn key_set(&self) -> Result<KeySet, Failure> {
        if self.jwk.kty == "oct" {
            return Ok(KeySet::from_secret(&self.jwk.secret()?)?);
        }
        let set = serde_json::json!({ "keys": [self.jwk] });
        Ok(KeySet::from_jwks_json(set.to_string().as_bytes())?)
    }
}

impl Jwk {
    /// The shared secret.
    pub fn secret(&self) -> Result<Vec<u8>, Failure> {
        bytes(self.k.as_deref())
    }

    /// Modulus and exponent of an RSA key.
    pub fn rsa(&self) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        Ok((bytes(self.n.as_deref())?, bytes(self.e.as_deref())?))
    }

    /// The point of an EC key, uncompressed (SEC 1 §2.3.3).
    pub fn ec(&self) -> Result<Vec<u8>, Failure> {
        Ok([&[4], &bytes(self.x.as_deref())?[..], &bytes(self.y.as_deref())?[..]].concat())
    }

    /// The point of an Ed25519 key.
    pub fn ed25519(&self) -> Result<Vec<u8>, Failure> {
        bytes(self.x.as_deref())
    }
}

fn bytes(text: Option<&str>) -> Result<Vec<u8>, Failure> {
    let text = text.ok_or("the key lacks a member")?;
    Base64UrlUnpadded::decode_vec(text).map_err(|_invalid| "a member is not base64url".into())
}

/// The claims of a session's token, filled up to [`PAYLOAD_BYTES`] with a long name.
fn payload(now: i64) -> Result<Payload<'static>, Failure> {
    let mut payload = Payload {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: SUBJECT,
        iat: now,
        exp: now + HOUR,
        sid: "8KqPz3nVbY6tWcXs",
        scope: "tasks:read tasks:write",
        name: String::new(),
    };
    let written = serde_json::to_vec(&payload)?.len();
    payload.name = "Ada Lovelace ".chars().cycle().take(PAYLOAD_BYTES - written).collect();
    Ok(payload)
}

fn tamper(token: &str) -> String {
    let signature = token.rfind('.').map_or(0, |dot| dot + 1);
    let other = if token[signature..].starts_with('A') { "B" } else { "A" };
    format!("{}{other}{}", &token[..signature], &token[signature + 1..])
}
