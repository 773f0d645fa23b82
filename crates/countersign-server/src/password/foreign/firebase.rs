//! Firebase's scrypt: the password's key encrypts the project's signer key, and that is the hash.
//!
//! Stored as `$firebase-scrypt$<salt>$<hash>`, both in the base64 of `firebase auth:export`
//! (`salt` and `passwordHash`). Rounds, memory cost, salt separator and signer key are the
//! project's, one for all its users, and are settings.

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    iv::FixedLength,
};
use base64ct::{Base64, Encoding};
use scrypt::Params;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Unusable, scrypt::params};
use crate::settings::FirebaseScrypt;

pub(crate) struct FirebaseHash {
    params: Params,
    signer_key: Zeroizing<Vec<u8>>,
    /// The user's salt and the project's separator.
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl FirebaseHash {
    pub(super) fn parse(stored: &str, project: Option<&FirebaseScrypt>) -> Result<Self, Unusable> {
        let parts: Vec<_> = stored.split('$').collect();
        let ["", _, salt, hash] = parts.as_slice() else { return Err(Unusable::Malformed) };
        let decode = |text: &str| {
            // The export writes base64 for addresses.
            let text = text.replace('-', "+").replace('_', "/");
            Base64::decode_vec(&text).map_err(|_| Unusable::Malformed)
        };
        let (mut salt, hash) = (decode(salt)?, decode(hash)?);
        let project = project.ok_or(Unusable::NoSignerKey)?;
        salt.extend_from_slice(&project.salt_separator);
        if hash.len() != project.signer_key.len() {
            return Err(Unusable::Malformed);
        }
        Ok(Self {
            params: params(project.memory_cost, project.rounds, 1)?,
            signer_key: project.signer_key.clone(),
            salt,
            hash,
        })
    }

    pub(super) fn is_of(&self, password: &str) -> bool {
        self.encrypted(password).is_some_and(|computed| computed.ct_eq(&self.hash).into())
    }

    /// AES-256 in counter mode from zero, under the password's key.
    fn encrypted(&self, password: &str) -> Option<Vec<u8>> {
        let mut key = Zeroizing::new([0; 32]);
        scrypt::scrypt(password.as_bytes(), &self.salt, &self.params, &mut *key).ok()?;
        let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, &*key).ok()?).ok()?;
        let mut computed = self.signer_key.to_vec();
        let from_zero = EncryptionContext::Iv128(FixedLength::from([0; 16]));
        key.less_safe_encrypt(&mut computed, from_zero).ok()?;
        Some(computed)
    }
}
