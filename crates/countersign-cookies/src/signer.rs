//! Signed cookie values.
//!
//! On the wire: `encodeURIComponent(value + "." + base64(HMAC-SHA256(secret, value)))`, with the
//! standard alphabet and padding, 44 characters that end in `=`. The signature covers the value
//! only, and the secret is its UTF-8 bytes. Better Auth's format, byte by byte: sessions survive
//! a change of servers.

use aws_lc_rs::hmac;
use base64ct::{Base64, Encoding};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What `encodeURIComponent` leaves as it is, beside letters and digits.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Length of a base64 HMAC-SHA256.
const SIGNATURE_LENGTH: usize = 44;

/// Signs and checks cookie values with the secret.
pub struct CookieSigner(hmac::Key);

impl CookieSigner {
    /// With the bytes of `BETTER_AUTH_SECRET`; how long it has to be is up to the caller.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The value as it goes into `Set-Cookie`.
    pub fn sign(&self, value: &str) -> String {
        utf8_percent_encode(&self.sign_plain(value), COMPONENT).to_string()
    }

    /// The value with its signature, as it goes into headers other than cookies: not
    /// percent-encoded.
    pub fn sign_plain(&self, value: &str) -> String {
        let tag = hmac::sign(&self.0, value.as_bytes());
        format!("{value}.{}", Base64::encode_string(tag.as_ref()))
    }

    /// The value, when `signed` (already percent-decoded) carries our signature. Compared in
    /// constant time.
    pub fn verify<'a>(&self, signed: &'a str) -> Option<&'a str> {
        let (value, signature) = signed.rsplit_once('.')?;
        if signature.len() != SIGNATURE_LENGTH || !signature.ends_with('=') {
            return None;
        }
        let mut buffer = [0; 33];
        let tag = Base64::decode(signature, &mut buffer).ok()?;
        hmac::verify(&self.0, value.as_bytes(), tag).ok()?;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wire-capture-secret-0123456789abcdefghijklmnop";

    #[test]
    fn signatures_are_those_that_better_auth_made() {
        let signer = CookieSigner::new(SECRET.as_bytes());
        assert_eq!(
            signer.sign("true"),
            "true.dYzO3IgUgwDcDJD5ZzLNuEP%2FflGC9sr46Gf%2BpLISa%2BA%3D"
        );
        assert_eq!(
            signer.sign("vo4CNnbZ5hTA3S6haOfeTwyAfXOSBGZT"),
            "vo4CNnbZ5hTA3S6haOfeTwyAfXOSBGZT.gJqRdoOI923lUP6I7I41gndHWD7DwJa%2FalZVq8EyVyo%3D"
        );
    }

    #[test]
    fn t127_a_signature_with_one_other_character_is_not_ours() {
        let signer = CookieSigner::new(SECRET.as_bytes());
        let good = "vo4CNnbZ5hTA3S6haOfeTwyAfXOSBGZT.gJqRdoOI923lUP6I7I41gndHWD7DwJa/alZVq8EyVyo=";
        assert_eq!(signer.verify(good), Some("vo4CNnbZ5hTA3S6haOfeTwyAfXOSBGZT"));
        for bad in [
            good.replace("gJq", "gJr"),
            good.replace("vo4", "vo5"),
            good.trim_end_matches('=').to_owned(),
            good.replace("Vyo=", "Vyp="),
            String::new(),
            ".".to_owned(),
        ] {
            assert_eq!(signer.verify(&bad), None, "{bad}");
        }
    }
}
