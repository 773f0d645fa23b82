//! Argon2id and Argon2i.

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq;

use super::{Unusable, phc::Phc};

/// 256 MiB.
const MOST_KIB: u32 = 256 * 1024;
/// Memory times passes: 1 GiB to write is about a second.
const MOST_KIB_WRITTEN: u64 = 1024 * 1024;
const MOST_LANES: u32 = 255;

pub(crate) struct Argon2Hash {
    argon2: Argon2<'static>,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Argon2Hash {
    pub(super) fn parse(stored: &str) -> Result<Self, Unusable> {
        let phc = Phc::parse(stored)?;
        let algorithm = phc.name.parse::<Algorithm>().map_err(|_| Unusable::Malformed)?;
        let version = phc.version.map_or(Ok(Version::V0x10), Version::try_from);
        let version = version.map_err(|_| Unusable::Malformed)?;
        let [memory, passes, lanes] = phc.only(["m", "t", "p"])?;
        if memory > MOST_KIB
            || u64::from(memory) * u64::from(passes) > MOST_KIB_WRITTEN
            || lanes > MOST_LANES
        {
            return Err(Unusable::TooCostly);
        }
        let (salt, hash) = (phc.salt()?, phc.hash()?);
        let params = Params::new(memory, passes, lanes, Some(hash.len()));
        let params = params.map_err(|_| Unusable::Malformed)?;
        Ok(Self { argon2: Argon2::new(algorithm, version, params), salt, hash })
    }

    pub(super) fn is_of(&self, password: &str) -> bool {
        let mut computed = vec![0; self.hash.len()];
        let done = self.argon2.hash_password_into(password.as_bytes(), &self.salt, &mut computed);
        done.is_ok() && bool::from(computed.ct_eq(&self.hash))
    }
}
