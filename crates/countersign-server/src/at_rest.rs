//! Values at rest: what is encrypted in the database, as Better Auth encrypts it.
//!
//! A sealed value is lower-case hexadecimal: a 24-byte nonce, the ciphertext and a 16-byte tag of
//! XChaCha20-Poly1305 under SHA-256 of a secret, without associated data. With numbered secrets
//! (`BETTER_AUTH_SECRETS`) the text is `$ba$<number>$<hexadecimal>` and the number says which one
//! opens it; digits alone belong to the secret without a number (`BETTER_AUTH_SECRET`).

use aws_lc_rs::{digest, hkdf};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use zeroize::Zeroizing;

use crate::{
    Entropy,
    secret::{Secret, Secrets},
};

const NONCE_LENGTH: usize = 24;
const PREFIX: &str = "$ba$";

/// Seals with the current secret and opens with whichever sealed.
pub(crate) struct AtRest {
    current: Option<u32>,
    ciphers: Vec<(Option<u32>, XChaCha20Poly1305)>,
}

/// Why a value at rest stays closed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotOpened {
    #[error("it is no sealed value")]
    Form,
    #[error("it was sealed with secret {0}, which BETTER_AUTH_SECRETS does not have; add it there")]
    NoSuchSecret(u32),
    #[error(
        "it was sealed with a secret without a number; set BETTER_AUTH_SECRET to that one, \
         beside BETTER_AUTH_SECRETS"
    )]
    NoPlainSecret,
    #[error("the secret does not open it: it was sealed with another one, or was damaged")]
    Closed,
}

/// Which secret sealed a value, as its text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealing {
    Current,
    /// Another one; its number, where it has one.
    Older(Option<u32>),
}

/// A value that cannot be sealed: it is too long for the cipher.
#[derive(Debug, thiserror::Error)]
#[error("the value is too long to be encrypted")]
pub(crate) struct NotSealed;

impl AtRest {
    pub(crate) fn new(secrets: &Secrets) -> Self {
        let ciphers = secrets.all().map(|(number, secret)| (number, cipher(secret))).collect();
        Self { current: secrets.current_number(), ciphers }
    }

    /// The same for one purpose, under keys of its own: what is sealed for it opens nothing elsewhere.
    pub(crate) fn for_purpose(secrets: &Secrets, purpose: &str) -> Self {
        let derive = |secret: &Secret| cipher(&purpose_key(secret, purpose));
        let ciphers = secrets.all().map(|(number, secret)| (number, derive(secret))).collect();
        Self { current: secrets.current_number(), ciphers }
    }

    /// The text to store.
    pub(crate) fn seal(&self, text: &str, entropy: &dyn Entropy) -> Result<String, NotSealed> {
        let mut nonce = [0; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let cipher = self.cipher(self.current).ok_or(NotSealed)?;
        let sealed = cipher.encrypt(&XNonce::from(nonce), text.as_bytes());
        let sealed = sealed.map_err(|_| NotSealed)?;
        let prefix = self.current.map_or_else(String::new, |number| format!("{PREFIX}{number}$"));
        Ok(format!("{prefix}{}{}", hex::encode(nonce), hex::encode(sealed)))
    }

    /// What was sealed.
    pub(crate) fn open(&self, sealed: &str) -> Result<Zeroizing<String>, NotOpened> {
        let (number, digits) = parts(sealed)?;
        let cipher = self
            .cipher(number)
            .ok_or_else(|| number.map_or(NotOpened::NoPlainSecret, NotOpened::NoSuchSecret))?;
        let bytes = hex::decode(digits).map_err(|_| NotOpened::Form)?;
        let (nonce, sealed) = bytes.split_first_chunk().ok_or(NotOpened::Form)?;
        let opened = cipher.decrypt(&XNonce::from(*nonce), sealed);
        let opened = opened.map_err(|_| NotOpened::Closed)?;
        String::from_utf8(opened).map(Zeroizing::new).map_err(|_| NotOpened::Closed)
    }

    /// Which secret sealed it. Text of another form was sealed by none, which is no current one.
    pub(crate) fn sealing(&self, sealed: &str) -> Sealing {
        match parts(sealed) {
            Ok((number, _)) if number == self.current => Sealing::Current,
            Ok((number, _)) => Sealing::Older(number),
            Err(_) => Sealing::Older(None),
        }
    }

    fn cipher(&self, number: Option<u32>) -> Option<&XChaCha20Poly1305> {
        self.ciphers.iter().find(|(known, _)| *known == number).map(|(_, cipher)| cipher)
    }
}

/// HKDF-SHA-256 of the secret, in hexadecimal: Better Auth takes that text as a secret again.
///
/// # Panics
///
/// Never: thirty-two bytes are one block of the hash.
#[expect(clippy::expect_used, reason = "a key that was not derived must not be used")]
pub(crate) fn purpose_key(secret: &Secret, purpose: &str) -> Secret {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"better-auth:oauth-encryption:v1");
    let info = format!("better-auth:{purpose}:v1");
    let mut key = Zeroizing::new([0; 32]);
    salt.extract(secret.expose())
        .expand(&[info.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|derived| derived.fill(&mut *key))
        .expect("one block");
    Secret::new(&Zeroizing::new(hex::encode(key.as_slice())))
}

fn cipher(secret: &Secret) -> XChaCha20Poly1305 {
    let key = digest::digest(&digest::SHA256, secret.expose());
    let mut bytes = Zeroizing::new([0; 32]);
    bytes.copy_from_slice(key.as_ref());
    XChaCha20Poly1305::new((&*bytes).into())
}

/// The number of the secret and the digits.
fn parts(sealed: &str) -> Result<(Option<u32>, &str), NotOpened> {
    let Some(rest) = sealed.strip_prefix(PREFIX) else { return Ok((None, sealed)) };
    let (number, digits) = rest.split_once('$').ok_or(NotOpened::Form)?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|_| is_number).ok_or(NotOpened::Form)?;
    Ok((Some(number), digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    const FIRST: &str = "wire-capture-secret-0123456789abcdefghijklmnop";
    const HELLO: &str = "e6e0a15996696aad2294cb1a7cae144ea01b143a06a6a0f35c80f0f7ae5f3c1ed4613f45de9c6ef3974f3c15dc";

    fn plain(text: &str) -> AtRest {
        AtRest::new(&Secrets::plain(Secret::new(text)))
    }

    fn numbered(entries: &[(u32, &str)], plain: Option<&str>) -> AtRest {
        let mut entries = entries.iter().map(|(number, text)| (*number, Secret::new(text)));
        let current = entries.next().expect("a current secret");
        AtRest::new(&Secrets::numbered(current, entries.collect(), plain.map(Secret::new)))
    }

    fn opened(at_rest: &AtRest, sealed: &str) -> Result<String, NotOpened> {
        at_rest.open(sealed).map(|text| text.to_string())
    }

    #[test]
    fn what_better_auth_sealed_is_opened() {
        assert_eq!(opened(&plain(FIRST), HELLO).as_deref(), Ok("hello"));
        let by_number = format!("$ba$7${HELLO}");
        assert_eq!(
            opened(&numbered(&[(9, "new"), (7, FIRST)], None), &by_number).as_deref(),
            Ok("hello")
        );
        assert_eq!(opened(&numbered(&[(1, "new")], Some(FIRST)), HELLO).as_deref(), Ok("hello"));
    }

    #[test]
    fn a_purpose_has_a_key_of_its_own() {
        let secret = Secret::new(FIRST);
        let key = purpose_key(&secret, "oauth-state-cookie");
        let expected = b"38d044f30e0de87280ee86a85d16395a167a8bc4b4512eb31728b756bc4907e0";
        assert_eq!(key.expose(), expected);
        let secrets = Secrets::plain(secret);
        let purpose = AtRest::for_purpose(&secrets, "oauth-link-session-token");
        let sealed = purpose.seal("text", &SystemEntropy).expect("seals");
        assert_eq!(opened(&purpose, &sealed).as_deref(), Ok("text"));
        assert_eq!(opened(&AtRest::new(&secrets), &sealed), Err(NotOpened::Closed));
    }

    #[test]
    fn the_current_secret_seals_and_its_number_is_written_down() {
        let before = numbered(&[(1, "old")], None);
        let after = numbered(&[(2, "new"), (1, "old")], None);
        let sealed = before.seal("grüße", &SystemEntropy).expect("seals");
        assert!(sealed.starts_with("$ba$1$"), "{sealed}");
        assert_eq!(opened(&after, &sealed).as_deref(), Ok("grüße"));
        assert!(after.seal("", &SystemEntropy).expect("seals").starts_with("$ba$2$"));
        let bare = plain("old").seal("text", &SystemEntropy).expect("seals");
        assert!(bare.bytes().all(|byte| byte.is_ascii_hexdigit()), "{bare}");
    }

    #[test]
    fn a_number_is_opened_by_its_own_secret_only() {
        let sealed = numbered(&[(1, "old")], None).seal("text", &SystemEntropy).expect("seals");
        let without = numbered(&[(2, "old")], Some("old"));
        assert_eq!(opened(&without, &sealed), Err(NotOpened::NoSuchSecret(1)));
        assert_eq!(opened(&plain("old"), &sealed), Err(NotOpened::NoSuchSecret(1)));
        assert_eq!(opened(&numbered(&[(2, "new")], None), HELLO), Err(NotOpened::NoPlainSecret));
        assert_eq!(opened(&numbered(&[(1, "other")], None), &sealed), Err(NotOpened::Closed));
    }

    #[test]
    fn damage_and_other_texts_open_nothing() {
        let at_rest = numbered(&[(1, FIRST)], Some(FIRST));
        for place in 0..HELLO.len() {
            let digit = if &HELLO[place..=place] == "0" { "1" } else { "0" };
            let damaged = format!("{}{digit}{}", &HELLO[..place], &HELLO[place + 1..]);
            assert_eq!(opened(&at_rest, &damaged), Err(NotOpened::Closed), "{damaged}");
        }
        for text in ["", "00", "zz", "$ba$", "$ba$1", "$ba$1$", "$ba$+1$00", "$ba$-1$00", "$ba$$00"]
        {
            assert_eq!(opened(&at_rest, text), Err(NotOpened::Form), "{text}");
        }
        assert_eq!(opened(&at_rest, &format!("$ba$99999999999${HELLO}")), Err(NotOpened::Form));
    }
}
