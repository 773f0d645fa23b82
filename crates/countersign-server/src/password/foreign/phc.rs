//! PHC texts: `$name$v=19$m=65536,t=3,p=4$salt$hash`; version and parameters may be missing.

use base64ct::{Base64Unpadded, Encoding};

use super::Unusable;

/// The shortest hash that counts: fewer bits could be met by chance.
const LEAST_HASH: usize = 16;
const MOST_HASH: usize = 64;

/// A PHC text in its parts.
pub(super) struct Phc<'a> {
    pub(super) name: &'a str,
    pub(super) version: Option<u32>,
    parameters: Vec<(&'a str, u32)>,
    salt: &'a str,
    hash: &'a str,
}

impl<'a> Phc<'a> {
    pub(super) fn parse(stored: &'a str) -> Result<Self, Unusable> {
        let mut parts: Vec<_> =
            stored.strip_prefix('$').ok_or(Unusable::Malformed)?.split('$').collect();
        let (Some(hash), Some(salt)) = (parts.pop(), parts.pop()) else {
            return Err(Unusable::Malformed);
        };
        let mut parts = parts.into_iter().peekable();
        let name = parts.next().ok_or(Unusable::Malformed)?;
        let version = match parts.next_if(|part| part.starts_with("v=")) {
            Some(part) => Some(number(&part[2..])?),
            None => None,
        };
        let parameters = parts.next().map(parameters).transpose()?.unwrap_or_default();
        if parts.next().is_some() {
            return Err(Unusable::Malformed);
        }
        Ok(Self { name, version, parameters, salt, hash })
    }

    /// The values of exactly these parameters, each given once.
    pub(super) fn only<const N: usize>(&self, names: [&str; N]) -> Result<[u32; N], Unusable> {
        let value = |name| {
            let mut all = self.parameters.iter().filter(|(known, _)| *known == name);
            all.next().map(|(_, value)| *value).ok_or(Unusable::Malformed)
        };
        if self.parameters.len() != N {
            return Err(Unusable::Malformed);
        }
        let mut values = [0; N];
        for (place, name) in values.iter_mut().zip(names) {
            *place = value(name)?;
        }
        Ok(values)
    }

    pub(super) fn salt(&self) -> Result<Vec<u8>, Unusable> {
        decode(self.salt)
    }

    pub(super) fn hash(&self) -> Result<Vec<u8>, Unusable> {
        checked_hash(decode(self.hash)?)
    }
}

fn parameters(part: &str) -> Result<Vec<(&str, u32)>, Unusable> {
    let pairs = part.split(',').map(|pair| pair.split_once('=').ok_or(Unusable::Malformed));
    pairs.map(|pair| pair.and_then(|(name, value)| Ok((name, number(value)?)))).collect()
}

/// A whole number in digits alone.
pub(super) fn number(digits: &str) -> Result<u32, Unusable> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Unusable::Malformed);
    }
    digits.parse().map_err(|_| Unusable::TooCostly)
}

/// Base64 without padding; passlib writes `.` for `+`.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, Unusable> {
    Base64Unpadded::decode_vec(&text.replace('.', "+")).map_err(|_| Unusable::Malformed)
}

/// A hash of a length that says something.
pub(super) fn checked_hash(hash: Vec<u8>) -> Result<Vec<u8>, Unusable> {
    if (LEAST_HASH..=MOST_HASH).contains(&hash.len()) { Ok(hash) } else { Err(Unusable::Malformed) }
}
