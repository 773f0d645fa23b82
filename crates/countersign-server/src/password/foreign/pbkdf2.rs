//! PBKDF2 with HMAC, in three spellings: Django's, PHC's and passlib's.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{
    Algorithm, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512, verify,
};
use base64ct::{Base64, Encoding};

use super::{
    Unusable,
    phc::{self, Phc},
};

/// About a second.
const MOST_ITERATIONS: u32 = 2_000_000;

pub(crate) struct Pbkdf2Hash {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2Hash {
    pub(super) fn parse(stored: &str) -> Result<Self, Unusable> {
        if stored.starts_with('$') { Self::parse_phc(stored) } else { Self::parse_django(stored) }
    }

    /// `pbkdf2_sha256$600000$salt$base64`; the salt is text.
    fn parse_django(stored: &str) -> Result<Self, Unusable> {
        let parts: Vec<_> = stored.split('$').collect();
        let [name, rounds, salt, hash] = parts.as_slice() else { return Err(Unusable::Malformed) };
        let hash = Base64::decode_vec(hash).map_err(|_| Unusable::Malformed)?;
        Ok(Self {
            algorithm: algorithm(name.strip_prefix("pbkdf2_"))?,
            iterations: iterations(phc::number(rounds)?)?,
            salt: salt.as_bytes().to_vec(),
            hash: phc::checked_hash(hash)?,
        })
    }

    /// `$pbkdf2-sha256$i=600000,l=32$salt$hash`, or passlib's `$pbkdf2-sha256$29000$salt$hash`.
    fn parse_phc(stored: &str) -> Result<Self, Unusable> {
        let parts: Vec<_> = stored.split('$').collect();
        let ["", name, parameters, salt, hash] = parts.as_slice() else {
            return Err(Unusable::Malformed);
        };
        let hash = phc::checked_hash(phc::decode(hash)?)?;
        let rounds = match phc::number(parameters) {
            Ok(rounds) => rounds,
            Err(Unusable::TooCostly) => return Err(Unusable::TooCostly),
            Err(_) => match Phc::parse(stored)?.only(["i", "l"]) {
                Ok([rounds, length]) if usize::try_from(length) == Ok(hash.len()) => rounds,
                Ok(_) => return Err(Unusable::Malformed),
                Err(_) => Phc::parse(stored)?.only(["i"])?[0],
            },
        };
        let algorithm = match *name {
            "pbkdf2" => PBKDF2_HMAC_SHA1,
            name => algorithm(name.strip_prefix("pbkdf2-"))?,
        };
        let salt = phc::decode(salt)?;
        Ok(Self { algorithm, iterations: iterations(rounds)?, salt, hash })
    }

    pub(super) fn is_of(&self, password: &str) -> bool {
        verify(self.algorithm, self.iterations, &self.salt, password.as_bytes(), &self.hash).is_ok()
    }
}

fn algorithm(name: Option<&str>) -> Result<Algorithm, Unusable> {
    match name {
        Some("sha1") => Ok(PBKDF2_HMAC_SHA1),
        Some("sha256") => Ok(PBKDF2_HMAC_SHA256),
        Some("sha512") => Ok(PBKDF2_HMAC_SHA512),
        _ => Err(Unusable::Malformed),
    }
}

fn iterations(rounds: u32) -> Result<NonZeroU32, Unusable> {
    if rounds > MOST_ITERATIONS {
        return Err(Unusable::TooCostly);
    }
    NonZeroU32::new(rounds).ok_or(Unusable::Malformed)
}
