//! Better Auth's password hash: `<salt>:<key>`, 32 and 128 lower-case hexadecimal digits.
//!
//! scrypt with N = 16384, r = 16, p = 1 and 64 bytes, over the password after NFKC. The salt is
//! the hexadecimal *text*, not the 16 bytes it spells. One hash takes 32 MiB and a tenth of a
//! second or so.

use scrypt::{Params, scrypt};
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::Entropy;

const LOG_N: u8 = 14;
const R: u32 = 16;
const P: u32 = 1;
const KEY_LENGTH: usize = 64;

/// 16 random bytes in hexadecimal.
pub(super) struct Salt(String);

impl Salt {
    pub(super) fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(hex::encode(bytes))
    }
}

/// The text to store.
pub(super) fn hash(password: &str, salt: &Salt) -> String {
    format!("{}:{}", salt.0, hex::encode(key(password, &salt.0)))
}

/// Whether `stored` looks like such a hash.
pub(super) fn is_of_form(stored: &str) -> bool {
    let key = stored.split_once(':').map(|(_, key)| key);
    key.is_some_and(|key| {
        key.len() == 2 * KEY_LENGTH && key.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// Whether `stored` is the hash of this password. What is not of the form is the hash of none,
/// and takes as long to find out.
pub(super) fn verify(password: &str, stored: &str) -> bool {
    let (salt, expected) = stored.split_once(':').unwrap_or((stored, ""));
    let computed = key(password, salt);
    let expected = hex::decode(expected).unwrap_or_default();
    computed.as_slice().ct_eq(&expected).into()
}

fn key(password: &str, salt: &str) -> [u8; KEY_LENGTH] {
    let normalised: Zeroizing<String> = Zeroizing::new(password.nfkc().collect());
    let mut key = [0; KEY_LENGTH];
    let done = Params::new(LOG_N, R, P)
        .map(|params| scrypt(normalised.as_bytes(), salt.as_bytes(), &params, &mut key));
    debug_assert!(matches!(done, Ok(Ok(()))), "the parameters are valid constants");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = "00112233445566778899aabbccddeeff:\
        4dc641b984b6e44ea3133a70c7b828545791fe1b8ff78dbbaa17a7b2c70341cc\
        2df8e7b6f5adc87ded98bf93083e5245ac9fbf90bae65bf34a5fbc62312dd82e";

    #[test]
    fn the_hash_is_the_one_that_better_auth_computes() {
        assert_eq!(hash("password1234", &Salt("00112233445566778899aabbccddeeff".into())), STORED);
        assert!(verify("password1234", STORED));
        assert!(!verify("password1235", STORED));
    }

    #[test]
    fn t188_vectors_of_better_auth_are_met() {
        let key = |salt: &str, password| hash(password, &Salt(salt.into()));
        let one = key("0123456789abcdef0123456789abcdef", "correct horse");
        assert!(one.contains(":c967f8a4438e68448871a4fbb9b41b2aacaa6d9d"), "{one}");
        for spelling in ["\u{212b}ngstr\u{f6}m \u{fb01}", "\u{c5}ngstro\u{308}m fi"] {
            let other = key("00112233445566778899aabbccddeeff", spelling);
            assert!(other.contains(":c7057c77c78cd91aba81042b9a22ac00"), "{other}");
        }
    }

    #[test]
    fn t191_what_is_compared_are_all_the_bytes_and_not_a_text() {
        let (salt, key) = STORED.split_once(':').expect("two parts");
        assert!(verify("password1234", &format!("{salt}:{}", key.to_uppercase())));
        for place in [0, 1, 64, 126, 127] {
            let mut other = key.to_owned();
            let digit = if key[place..].starts_with('0') { "1" } else { "0" };
            other.replace_range(place..=place, digit);
            assert!(!verify("password1234", &format!("{salt}:{other}")), "{place}");
        }
        assert!(!verify("password1234", &format!("{salt}:{}", &key[..126])));
    }

    #[test]
    fn a_password_is_the_same_in_every_unicode_spelling() {
        let stored = hash("ﬁne passwörd", &Salt("00".into()));
        assert!(verify("fine passwo\u{308}rd", &stored));
    }

    #[test]
    fn what_is_not_of_the_form_is_the_hash_of_no_password() {
        for stored in ["", ":", "00112233445566778899aabbccddeeff:", "plain text"] {
            assert!(!verify("", stored));
            assert!(!verify("plain text", stored));
        }
    }
}
