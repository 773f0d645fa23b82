//! Signed messages that are no tokens: what an issuer tells services, under the keys it signs tokens with.
//!
//! The type in the header (`typ`, RFC 7515 §4.1.9) keeps the two apart: a message has one that no token
//! has (RFC 8725 §3.11).

use serde::Serialize;
use serde_json::Value;

use crate::{error::SignError, sign::SigningKey};

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
