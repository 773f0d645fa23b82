//! Signed messages that are no tokens: what an issuer tells services, under the keys it signs tokens with.
//!
//! The type in the header (`typ`, RFC 7515 §4.1.9) keeps the two apart: a message has one that no token
//! has (RFC 8725 §3.11), and it is demanded to the character.
//!
//! ```
//! use countersign_jwt::{Algorithm, SigningKey};
//!
//! let key = SigningKey::generate(Algorithm::EdDsa)?.with_kid("k1");
//! let keys = key.key_set()?;
//! let message = key.sign_message("greeting+jwt", &serde_json::json!({ "hello": "world" }))?;
//! assert_eq!(keys.open_message("greeting+jwt", &message, 4096)?, br#"{"hello":"world"}"#);
//! assert!(keys.open_message("farewell+jwt", &message, 4096).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::Serialize;
use serde_json::Value;

use crate::{
    compact::Compact,
    error::{SignError, TokenError},
    header::Header,
    key_set::KeySet,
    sign::SigningKey,
};

impl SigningKey {
    /// Makes a message of this type in compact form, which no verifier takes for a token. What it says
    /// must serialize to a JSON object and is written as it comes.
    pub fn sign_message(&self, typ: &str, says: &impl Serialize) -> Result<String, SignError> {
        let (algorithm, typ) = (self.algorithm(), Value::from(typ));
        let header = match self.kid().map(Value::from) {
            None => format!(r#"{{"alg":"{algorithm}","typ":{typ}}}"#),
            Some(kid) => format!(r#"{{"alg":"{algorithm}","kid":{kid},"typ":{typ}}}"#),
        };
        self.sign_under(&header, says)
    }
}

impl KeySet {
    /// What a message of at most so many bytes says, when its type is exactly this one and one of these
    /// keys made it. Who it is from, for whom and until when is for the caller to read.
    pub fn open_message(
        &self,
        typ: &str,
        message: &str,
        most: usize,
    ) -> Result<Vec<u8>, TokenError> {
        let compact = Compact::split_within(message, most)?;
        let key = self.choose(&Header::parse_of_type(&compact.header()?, typ)?)?;
        compact.check_signature(key)?;
        compact.payload_bytes()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use crate::{Algorithm, SigningKey, Verifier};

    #[test]
    fn a_message_is_no_token_and_a_token_no_message() {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("k1");
        let keys = key.key_set().unwrap();
        let says = json!({"iss": "i", "aud": "a", "sub": "s", "iat": 0, "exp": 60});
        let (token, message) =
            (key.sign(&says).unwrap(), key.sign_message("x+jwt", &says).unwrap());
        let verified =
            |text: &str| Verifier::new("i", "a").verify(text, &keys, Timestamp::UNIX_EPOCH);
        assert!(verified(&token).is_ok());
        assert_eq!(verified(&message).unwrap_err().code(), "refused_header");
        let opened = |typ, text: &str| keys.open_message(typ, text, 4096);
        assert!(opened("x+jwt", &message).is_ok());
        for (typ, text) in [("x+jwt", &token), ("X+JWT", &message), ("JWT", &token), ("", &token)] {
            assert_eq!(opened(typ, text).unwrap_err().code(), "refused_header", "{typ}");
        }
        assert_eq!(keys.open_message("x+jwt", &message, 40).unwrap_err().code(), "too_large");
        let other = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("k1");
        let error = other.key_set().unwrap().open_message("x+jwt", &message, 4096).unwrap_err();
        assert_eq!(error.code(), "wrong_signature");
    }
}
