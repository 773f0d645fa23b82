//! A secret that cannot be printed, compared with `==` or serialised.

use zeroize::Zeroizing;

/// `BETTER_AUTH_SECRET`: the UTF-8 bytes of the text as they are, never decoded from hexadecimal
/// or base64, because Better Auth takes them so.
///
/// It is wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the text as the secret. Lengths are a matter of the settings.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.as_bytes().to_vec()))
    }

    /// The bytes, for a key.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}
