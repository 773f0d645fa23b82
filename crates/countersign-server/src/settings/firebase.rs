//! The parameters of a Firebase project's password hashes.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::{SettingsError, reader::Reader};

/// What `firebase auth:export` tells about a project, beside its users. The signer key is secret:
/// no `Debug`.
#[derive(Clone)]
pub struct FirebaseScrypt {
    pub(crate) signer_key: Zeroizing<Vec<u8>>,
    pub(crate) salt_separator: Vec<u8>,
    pub(crate) rounds: u32,
    pub(crate) memory_cost: u32,
}

/// The parameters, where a signer key is set.
pub(super) fn read(reader: &Reader<'_>) -> Result<Option<FirebaseScrypt>, SettingsError> {
    let number = |key, most| {
        let number = reader.number(key, 1, most)?;
        Ok(u32::try_from(number).unwrap_or(u32::MAX))
    };
    let rounds = number("password.firebase_rounds", 120)?;
    let memory_cost = number("password.firebase_memory_cost", 14)?;
    let bytes = |key: &'static str, text: &str| {
        Base64::decode_vec(text)
            .map_err(|_| SettingsError::invalid(key, "base64, as Firebase's console shows it"))
    };
    let Some(signer_key) = reader.text("password.firebase_signer_key") else { return Ok(None) };
    let signer_key = bytes("password.firebase_signer_key", signer_key)?;
    if signer_key.len() < 32 {
        let expected = "at least 32 bytes in base64, as Firebase's console shows it";
        return Err(SettingsError::invalid("password.firebase_signer_key", expected));
    }
    let separator = reader.text("password.firebase_salt_separator").unwrap_or_default();
    let salt_separator = bytes("password.firebase_salt_separator", separator)?;
    let signer_key = Zeroizing::new(signer_key);
    Ok(Some(FirebaseScrypt { signer_key, salt_separator, rounds, memory_cost }))
}
