//! Strategy jwe: a JWE in compact form (RFC 7516 §3.1), `dir` and `A256CBC-HS512` (RFC 7518 §4.5, §5.2.5).
//!
//! The key is HKDF-SHA256 of the secret (RFC 5869), 64 bytes: the first half authenticates, the second
//! decrypts. The header is `{"alg":"dir","enc":"A256CBC-HS512","kid":K}` byte by byte, with `K` the
//! thumbprint of the key (RFC 7638): it chooses among the secrets, and nothing else of it is believed.
//! The tag is compared in constant time before anything is decrypted, so padding tells nothing.

use aws_lc_rs::{
    cipher::{
        AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
        PaddedBlockEncryptingKey, UnboundCipherKey,
    },
    constant_time::verify_slices_are_equal,
    digest,
    error::Unspecified,
    hkdf, hmac,
    iv::FixedLength,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use super::{Opened, jwt};
use crate::{CookieError, SecretError};

const SALT: &[u8] = b"better-auth-session";
const INFO: &[u8] = b"BetterAuth.js Generated Encryption Key";

/// Bytes of the key for the tag, of that for the cipher, and of the tag: each half of its whole.
const HALF: usize = 32;
pub(super) const IV_BYTES: usize = 16;

/// What one secret decrypts with.
pub(super) struct Key {
    /// As it stands in the cookie.
    header: String,
    mac: hmac::Key,
    cipher: PaddedBlockDecryptingKey,
}

/// What one secret encrypts with.
pub(super) struct SealingKey {
    header: String,
    mac: hmac::Key,
    cipher: PaddedBlockEncryptingKey,
}

struct KeyLength;

impl hkdf::KeyType for KeyLength {
    fn len(&self) -> usize {
        2 * HALF
    }
}

impl Key {
    pub(super) fn derive(secret: &str) -> Result<Self, SecretError> {
        let (header, mac, cipher) = derived(secret, PaddedBlockDecryptingKey::cbc_pkcs7)?;
        Ok(Self { header, mac, cipher })
    }

    fn open(&self, iv: &[u8], ciphertext: &mut [u8], tag: &[u8]) -> Result<Opened, CookieError> {
        let iv: [u8; IV_BYTES] = iv.try_into().map_err(|_length| CookieError::Malformed)?;
        let whole_tag = tag_of(&self.mac, &self.header, iv, ciphertext);
        verify_slices_are_equal(&whole_tag.as_ref()[..HALF], tag)
            .map_err(|_unequal| CookieError::Signature)?;

        let context = DecryptionContext::Iv128(FixedLength::from(iv));
        let payload = self.cipher.decrypt(ciphertext, context);
        jwt::claims(payload.map_err(|_padding| CookieError::Malformed)?)
    }
}

impl SealingKey {
    pub(super) fn derive(secret: &str) -> Result<Self, SecretError> {
        let (header, mac, cipher) = derived(secret, PaddedBlockEncryptingKey::cbc_pkcs7)?;
        Ok(Self { header, mac, cipher })
    }

    pub(super) fn seal(&self, claims: String, iv: [u8; IV_BYTES]) -> Result<String, Unspecified> {
        let mut bytes = claims.into_bytes();
        let context = EncryptionContext::Iv128(FixedLength::from(iv));
        self.cipher.less_safe_encrypt(&mut bytes, context)?;
        let tag = tag_of(&self.mac, &self.header, iv, &bytes);
        let [iv, ciphertext, tag] =
            [&iv[..], &bytes, &tag.as_ref()[..HALF]].map(Base64UrlUnpadded::encode_string);
        Ok(format!("{}..{iv}.{ciphertext}.{tag}", self.header))
    }
}

/// The header that names the key of a secret, its half that authenticates, and what `cipher_key` makes of the other.
fn derived<C>(
    secret: &str,
    cipher_key: fn(UnboundCipherKey) -> Result<C, Unspecified>,
) -> Result<(String, hmac::Key, C), SecretError> {
    let derive = || {
        let mut key = Zeroizing::new([0; 2 * HALF]);
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(secret.as_bytes());
        extracted.expand(&[INFO], KeyLength)?.fill(&mut *key)?;
        let (mac, cipher) = key.split_at(HALF);
        let cipher = cipher_key(UnboundCipherKey::new(&AES_256, cipher)?)?;
        Ok((header(&*key), hmac::Key::new(hmac::HMAC_SHA512, mac), cipher))
    };
    derive().map_err(|Unspecified| SecretError::NotDerived)
}

/// The whole tag, of which the cookie carries the first half.
fn tag_of(mac: &hmac::Key, header: &str, iv: [u8; IV_BYTES], ciphertext: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(mac);
    context.update(header.as_bytes());
    context.update(&iv);
    context.update(ciphertext);
    context.update(&(header.len() as u64 * 8).to_be_bytes());
    context.sign()
}

fn header(key: &[u8]) -> String {
    let k = Zeroizing::new(Base64UrlUnpadded::encode_string(key));
    let jwk = Zeroizing::new(format!(r#"{{"k":"{}","kty":"oct"}}"#, *k));
    let thumbprint = digest::digest(&digest::SHA256, jwk.as_bytes());
    let kid = Base64UrlUnpadded::encode_string(thumbprint.as_ref());
    let header = format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{kid}"}}"#);
    Base64UrlUnpadded::encode_string(header.as_bytes())
}

pub(super) fn open(value: &str, keys: &[Key]) -> Result<Opened, CookieError> {
    let parts: Vec<&str> = value.split('.').collect();
    let [header, encrypted_key, iv, ciphertext, tag] = parts[..] else {
        return Err(CookieError::Malformed);
    };
    let key = keys.iter().find(|key| key.header == header).ok_or(CookieError::Header)?;
    if !encrypted_key.is_empty() {
        return Err(CookieError::Malformed);
    }
    let (iv, mut ciphertext, tag) = (bytes(iv)?, bytes(ciphertext)?, bytes(tag)?);
    key.open(&iv, &mut ciphertext, &tag)
}

fn bytes(part: &str) -> Result<Vec<u8>, CookieError> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_error| CookieError::Malformed)
}
