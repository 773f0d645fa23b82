//! bcrypt. Like every implementation it sees the first 72 bytes of a password and no more; the hash
//! that replaces it at sign-in sees all.

use super::{Unusable, phc};

/// 2^14 rounds are about a second.
const MOST_COST: u32 = 14;
const LEAST_COST: u32 = 4;
const LENGTH: usize = 60;

pub(crate) struct BcryptHash(String);

impl BcryptHash {
    pub(super) fn parse(stored: &str) -> Result<Self, Unusable> {
        if stored.len() != LENGTH || !stored.is_ascii() || &stored[6..7] != "$" {
            return Err(Unusable::Malformed);
        }
        match phc::number(&stored[4..6])? {
            cost if cost > MOST_COST => Err(Unusable::TooCostly),
            cost if cost < LEAST_COST => Err(Unusable::Malformed),
            _ => match stored.parse::<bcrypt::HashParts>() {
                Ok(_) => Ok(Self(stored.to_owned())),
                Err(_) => Err(Unusable::Malformed),
            },
        }
    }

    pub(super) fn is_of(&self, password: &str) -> bool {
        bcrypt::verify(password, &self.0).unwrap_or(false)
    }
}
