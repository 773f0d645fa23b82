//! A refresh token as its holder has it: 256 bits nobody can guess. Where it is stored stands its hash.

use aws_lc_rs::digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::Entropy;

/// What every one begins with, so that one in a log or a repository can be found.
const PREFIX: &str = "csr_";

/// Base64url of 32 bytes.
const LENGTH: usize = 43;

/// A refresh token. No `Debug`, no `==`: it is found by its hash.
pub(super) struct RefreshSecret(Zeroizing<String>);

impl RefreshSecret {
    /// A new one.
    pub(super) fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut *bytes);
        let encoded = Zeroizing::new(Base64UrlUnpadded::encode_string(&*bytes));
        Self(Zeroizing::new(format!("{PREFIX}{}", *encoded)))
    }

    /// One that somebody shows, if it can be one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_one = encoded.len() == LENGTH && encoded.bytes().all(is_letter);
        is_one.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The token, for its holder.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// The id of the access tokens that come with it.
    pub(super) fn token_id(&self) -> String {
        token_id_of(&self.hash())
    }

    /// What is stored of it: SHA-256 in hexadecimal, which no collation folds.
    pub(super) fn hash(&self) -> String {
        hex::encode(digest::digest(&digest::SHA256, self.0.as_bytes()))
    }
}

/// The `jti` of the access tokens that come with the refresh token of this hash: whoever takes back the one
/// knows the others, and nothing has to be stored of them.
pub(super) fn token_id_of(hash: &str) -> String {
    let text = format!("access-token:{hash}");
    let mut digits = hex::encode(digest::digest(&digest::SHA256, text.as_bytes()));
    digits.truncate(32);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn t210_only_a_whole_token_is_one() {
        let secret = RefreshSecret::new(&SystemEntropy);
        let text = secret.reveal();
        assert_eq!(RefreshSecret::parse(text).map(|parsed| parsed.hash()), Some(secret.hash()));
        let access = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0.c2ln";
        for other in [
            "",
            "csr_",
            access,
            &text[..text.len() - 1],
            &text[1..],
            &format!("{text}A"),
            &format!("{text}\n"),
            &format!(" {text}"),
            &format!("csr_{}", "ä".repeat(43)),
            &"x".repeat(10 * 1024),
        ] {
            assert!(RefreshSecret::parse(other).is_none(), "{other}");
        }
    }
}
