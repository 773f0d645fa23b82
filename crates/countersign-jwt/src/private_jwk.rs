//! A private key as JSON (RFC 7517, RFC 7518 §6, RFC 8037 §2), read and written.
//!
//! Written is what Node's `WebCrypto` exports and Better Auth stores, member by member in its order, so
//! that either can read the rows of the other. Reading borrows from the text: base64url needs no
//! escapes, so no copy of a secret is left behind by the JSON reader. Everything decoded is wiped.

use std::fmt::Write;

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer},
    rsa::{KeyPairComponents, PublicKeyComponents},
    signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    algorithm::Algorithm,
    base64url,
    error::KeyError,
    key::{check_rsa_strength, ec_point},
    private_der::rsa_numbers,
    scheme::{Curve, Scheme},
};

/// Room for the largest key, 8192-bit RSA, so that writing never moves a secret to a larger buffer.
const CAPACITY: usize = 8 * 1024;

#[derive(Deserialize)]
pub(crate) struct PrivateJwk<'j> {
    kty: &'j str,
    crv: Option<&'j str>,
    alg: Option<&'j str>,
    x: Option<&'j str>,
    y: Option<&'j str>,
    d: Option<&'j str>,
    n: Option<&'j str>,
    e: Option<&'j str>,
    p: Option<&'j str>,
    q: Option<&'j str>,
    dp: Option<&'j str>,
    dq: Option<&'j str>,
    qi: Option<&'j str>,
}

impl<'j> PrivateJwk<'j> {
    /// Reads the JSON and holds it against the algorithm it is to be used with.
    pub(crate) fn parse(json: &'j str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let jwk: Self = serde_json::from_str(json).map_err(|_error| KeyError::NotJson)?;
        let fits = match algorithm.scheme() {
            Scheme::Ed25519 => (jwk.kty, jwk.crv) == ("OKP", Some("Ed25519")),
            Scheme::Ec(curve) => (jwk.kty, jwk.crv) == ("EC", Some(curve.name)),
            Scheme::Rsa(_) => (jwk.kty, jwk.crv) == ("RSA", None),
            Scheme::Hmac(_) => false,
        };
        if fits && jwk.alg.is_none_or(|name| name.parse() == Ok(algorithm)) {
            Ok(jwk)
        } else {
            Err(KeyError::Unsupported)
        }
    }

    pub(crate) fn ed25519(&self) -> Result<Ed25519KeyPair, KeyError> {
        let (d, x) = (fixed(self.d, "d", 32)?, fixed(self.x, "x", 32)?);
        Ed25519KeyPair::from_seed_and_public_key(&d, &x).map_err(|_rejected| KeyError::Rejected)
    }

    pub(crate) fn ec(&self, curve: &'static Curve) -> Result<EcdsaKeyPair, KeyError> {
        let (x, y) = (fixed(self.x, "x", curve.size)?, fixed(self.y, "y", curve.size)?);
        let d = fixed(self.d, "d", curve.size)?;
        EcdsaKeyPair::from_private_key_and_public_key(curve.signs, &d, &ec_point(&x, &y))
            .map_err(|_rejected| KeyError::Rejected)
    }

    pub(crate) fn rsa(&self) -> Result<RsaKeyPair, KeyError> {
        let (n, e) = (number(self.n, "n")?, number(self.e, "e")?);
        check_rsa_strength(&n, &e)?;
        let parts = KeyPairComponents {
            public_key: PublicKeyComponents { n: n.as_slice(), e: e.as_slice() },
            d: &number(self.d, "d")?[..],
            p: &number(self.p, "p")?[..],
            q: &number(self.q, "q")?[..],
            dP: &number(self.dp, "dp")?[..],
            dQ: &number(self.dq, "dq")?[..],
            qInv: &number(self.qi, "qi")?[..],
        };
        RsaKeyPair::from_components(&parts).map_err(|_rejected| KeyError::Rejected)
    }
}

fn number(text: Option<&str>, member: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    text.and_then(base64url::decode_secret)
        .map(Zeroizing::new)
        .ok_or(KeyError::InvalidMember { member })
}

fn fixed(
    text: Option<&str>,
    member: &'static str,
    size: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bytes = number(text, member)?;
    if bytes.len() == size { Ok(bytes) } else { Err(KeyError::InvalidMember { member }) }
}

/// One half of a key pair to write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Public,
    Private,
}

/// `{"crv","x","kty"}` and `{"crv","d","x","kty"}`.
pub(crate) fn write_ed25519(pair: &Ed25519KeyPair, half: Half) -> Option<Zeroizing<String>> {
    let mut object = ObjectWriter::new();
    object.text("crv", "Ed25519");
    if half == Half::Private {
        let seed = pair.seed().ok()?.as_be_bytes().ok()?;
        object.number("d", seed.as_ref());
    }
    object.number("x", pair.public_key().as_ref());
    object.text("kty", "OKP");
    Some(object.finish())
}

/// `{"kty","x","y","crv"}` and `{"kty","x","y","crv","d"}`.
pub(crate) fn write_ec(
    curve: &Curve,
    pair: &EcdsaKeyPair,
    half: Half,
) -> Option<Zeroizing<String>> {
    let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(curve.size)?;
    let mut object = ObjectWriter::new();
    object.text("kty", "EC");
    object.number("x", x);
    object.number("y", y);
    object.text("crv", curve.name);
    if half == Half::Private {
        object.number("d", pair.private_key().as_be_bytes().ok()?.as_ref());
    }
    Some(object.finish())
}

/// `{"kty","n","e"}` and `{"kty","n","e","d","p","q","dp","dq","qi"}`.
pub(crate) fn write_rsa(pair: &RsaKeyPair, half: Half) -> Option<Zeroizing<String>> {
    let pkcs8 = pair.as_der().ok()?;
    let numbers = rsa_numbers(pkcs8.as_ref())?;
    let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
    let shown = if half == Half::Private { names.len() } else { 2 };
    let mut object = ObjectWriter::new();
    object.text("kty", "RSA");
    for (name, number) in names.into_iter().zip(numbers).take(shown) {
        object.number(name, number);
    }
    Some(object.finish())
}

/// Writes texts that need no escapes into a buffer that is wiped.
struct ObjectWriter(Zeroizing<String>);

impl ObjectWriter {
    fn new() -> Self {
        Self(Zeroizing::new(String::with_capacity(CAPACITY)))
    }

    fn text(&mut self, name: &str, value: &str) {
        let separator = if self.0.is_empty() { '{' } else { ',' };
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "{separator}\"{name}\":\"{value}\"");
    }

    fn number(&mut self, name: &str, bytes: &[u8]) {
        self.text(name, &Zeroizing::new(base64url::encode_secret(bytes)));
    }

    fn finish(mut self) -> Zeroizing<String> {
        self.0.push('}');
        self.0
    }
}
