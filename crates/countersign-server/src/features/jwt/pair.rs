//! New key pairs, as rows of the table.

use countersign_jwt::{Algorithm, RsaSize, SigningKey};
use countersign_store::signing_keys::SigningKeyRow;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::private_key;
use crate::{Entropy, at_rest::AtRest, settings::TokenSettings};

/// How key pairs are made.
pub(super) struct Pairs {
    algorithm: Algorithm,
    rsa_size: RsaSize,
    /// Whether private halves are stored encrypted.
    encrypts: bool,
}

/// Why a key could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotMade {
    /// The key itself.
    #[error("a key pair could not be generated: {0}")]
    Key(#[from] countersign_jwt::KeyError),
    /// An algorithm without key pairs.
    #[error("token.algorithm signs with the secret; there are no key pairs")]
    NoPairs,
    /// Its private half could not be encrypted.
    #[error("its private half could not be encrypted")]
    NotSealed,
}

impl Pairs {
    pub(super) fn new(settings: &TokenSettings) -> Self {
        Self {
            algorithm: settings.algorithm,
            rsa_size: settings.rsa_size,
            encrypts: settings.encrypt_private_keys,
        }
    }

    /// A new pair, and its row. The public half says what it is for (RFC 7517 §4.2).
    pub(super) fn make(
        &self,
        id: &str,
        (created_at, expires_at): (Timestamp, Option<Timestamp>),
        at_rest: &AtRest,
        entropy: &dyn Entropy,
    ) -> Result<(SigningKey, SigningKeyRow), NotMade> {
        if self.algorithm.is_symmetric() {
            return Err(NotMade::NoPairs);
        }
        let key = SigningKey::generate_sized(self.algorithm, self.rsa_size)?;
        let (Some(public), Some(private)) = (key.public_jwk(), key.private_jwk()) else {
            return Err(NotMade::NoPairs);
        };
        let mut public: Map<String, Value> =
            serde_json::from_str(&public).map_err(|_| NotMade::NoPairs)?;
        public.insert("use".to_owned(), "sig".into());
        let curve = public.get("crv").and_then(Value::as_str).map(str::to_owned);
        let private_key = if self.encrypts {
            private_key::seal(at_rest, &private, entropy).map_err(|_| NotMade::NotSealed)?
        } else {
            private.to_string()
        };
        let row = SigningKeyRow {
            id: id.to_owned(),
            private_key,
            public_key: Value::Object(public).to_string(),
            created_at,
            expires_at,
            algorithm: Some(self.algorithm.as_str().to_owned()),
            curve,
        };
        Ok((key.with_kid(id), row))
    }
}
