//! scrypt as PHC text: `$scrypt$ln=15,r=8,p=1$salt$hash`.

use scrypt::Params;
use subtle::ConstantTimeEq;

use super::{Unusable, phc::Phc};

/// 256 MiB, in blocks of 128 bytes.
const MOST_BLOCKS: u64 = 1 << 21;
/// Blocks times repetitions: about a second.
const MOST_WORK: u64 = 1 << 22;

pub(crate) struct ScryptHash {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl ScryptHash {
    pub(super) fn parse(stored: &str) -> Result<Self, Unusable> {
        let phc = Phc::parse(stored)?;
        let [log_n, r, p] = phc.only(["ln", "r", "p"])?;
        let params = params(log_n, r, p)?;
        Ok(Self { params, salt: phc.salt()?, hash: phc.hash()? })
    }

    pub(super) fn is_of(&self, password: &str) -> bool {
        let mut computed = vec![0; self.hash.len()];
        let done = scrypt::scrypt(password.as_bytes(), &self.salt, &self.params, &mut computed);
        done.is_ok() && bool::from(computed.ct_eq(&self.hash))
    }
}

/// Parameters within the limits.
pub(super) fn params(log_n: u32, r: u32, p: u32) -> Result<Params, Unusable> {
    let log_n = u8::try_from(log_n).ok().filter(|log_n| *log_n < 32).ok_or(Unusable::TooCostly)?;
    let blocks = (1_u64 << log_n) * u64::from(r);
    if blocks > MOST_BLOCKS || blocks * u64::from(p) > MOST_WORK {
        return Err(Unusable::TooCostly);
    }
    Params::new(log_n, r, p).map_err(|_| Unusable::Malformed)
}
