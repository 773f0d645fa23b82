//! Private keys at rest.
//!
//! The column `jwks.privateKey` holds a JSON string literal of lower-case hexadecimal digits:
//! a 24-byte nonce, the ciphertext and a 16-byte tag of XChaCha20-Poly1305 under SHA-256 of the
//! secret, without associated data. Inside is the private JWK as JSON. Where key encryption was
//! turned off in Better Auth, the column holds the JWK itself; that is read, too.

use aws_lc_rs::digest;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use zeroize::Zeroizing;

use crate::{Entropy, secret::Secret};

const NONCE_LENGTH: usize = 24;

/// Encrypts and decrypts private keys with the secret.
pub(super) struct PrivateKeyCipher(XChaCha20Poly1305);

/// A private key that this secret does not open, or that is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the private key cannot be decrypted with the current secret")]
pub(super) struct NotDecrypted;

impl PrivateKeyCipher {
    pub(super) fn new(secret: &Secret) -> Self {
        let key = digest::digest(&digest::SHA256, secret.expose());
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(key.as_ref());
        Self(XChaCha20Poly1305::new((&*bytes).into()))
    }

    /// The column's text for a private JWK.
    pub(super) fn encrypt(&self, jwk: &str, entropy: &dyn Entropy) -> Result<String, NotDecrypted> {
        let mut nonce = [0; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let sealed = self.0.encrypt(&XNonce::from(nonce), jwk.as_bytes());
        let sealed = sealed.map_err(|_| NotDecrypted)?;
        Ok(format!("\"{}{}\"", hex::encode(nonce), hex::encode(sealed)))
    }

    /// The private JWK of a column's text.
    pub(super) fn decrypt(&self, column: &str) -> Result<Zeroizing<String>, NotDecrypted> {
        if column.starts_with('{') {
            return Ok(Zeroizing::new(column.to_owned()));
        }
        let digits = column.trim_matches('"');
        let bytes = hex::decode(digits).map_err(|_| NotDecrypted)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or(NotDecrypted)?;
        let opened = self.0.decrypt(&XNonce::from(*nonce), sealed).map_err(|_| NotDecrypted)?;
        String::from_utf8(opened).map(Zeroizing::new).map_err(|_| NotDecrypted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    const SECRET: &str = "wire-capture-secret-0123456789abcdefghijklmnop";

    #[test]
    fn what_better_auth_encrypted_is_opened() {
        let hello = "\"e6e0a15996696aad2294cb1a7cae144ea01b143a06a6a0f35c80f0f7ae5f3c1ed4613f45de9c6ef3974f3c15dc\"";
        let cipher = PrivateKeyCipher::new(&Secret::new(SECRET));
        assert_eq!(cipher.decrypt(hello).expect("opens").as_str(), "hello");
    }

    #[test]
    fn another_secret_or_a_flipped_digit_opens_nothing() {
        let cipher = PrivateKeyCipher::new(&Secret::new(SECRET));
        let sealed = cipher.encrypt("{\"kty\":\"OKP\"}", &SystemEntropy).expect("seals");
        assert_eq!(cipher.decrypt(&sealed).expect("opens").as_str(), "{\"kty\":\"OKP\"}");
        let other = PrivateKeyCipher::new(&Secret::new("another secret of thirty-two characters"));
        assert!(other.decrypt(&sealed).is_err());
        let last = if sealed.ends_with("0\"") { "1\"" } else { "0\"" };
        let flipped = format!("{}{last}", &sealed[..sealed.len() - 2]);
        for bad in [flipped.as_str(), "\"\"", "\"abc\"", "\"00\"", "", "\"zz\""] {
            assert!(cipher.decrypt(bad).is_err(), "{bad}");
        }
    }
}
