//! The token of a link that proves an address: a JWT, HS256 with the server's secret, not stored.
//!
//! Better Auth takes any HS256 token under its secret that has an `email`. Here it has to have the
//! claims of such a token and no other, and each of them once: what was signed for another purpose
//! (an access token with `iss`, `aud` and `sub`, for one) proves no address.

use countersign_jwt::{
    KeyError, KeySet, SigningKey, dangerous::signed_payload, strict_json_object,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Secret,
    wire::{ApiError, Refusal, is_email, refusals},
};

/// What a link is for, where it changes an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestType {
    /// The old address allows the new one to be asked.
    Confirmation,
    /// The new address takes the place of the old one.
    Verification,
}

impl RequestType {
    fn name(self) -> &'static str {
        match self {
            Self::Confirmation => "change-email-confirmation",
            Self::Verification => "change-email-verification",
        }
    }
}

/// What a token says, in the order in which it says it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EmailToken {
    /// The address of the user.
    pub(crate) email: String,
    /// The address that is to take its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) update_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_type: Option<String>,
    /// Whose address it is. Tokens of old servers do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<String>,
    iat: i64,
    exp: i64,
}

impl EmailToken {
    /// For a link that proves the address of this user.
    pub(crate) fn proves(email: &str, user_id: &str, now: Timestamp, life: SignedDuration) -> Self {
        Self {
            email: email.to_lowercase(),
            update_to: None,
            request_type: None,
            user_id: Some(user_id.to_owned()),
            iat: now.as_second(),
            exp: now.as_second() + life.as_secs(),
        }
    }

    /// The same, for a link that changes the address.
    pub(crate) fn changing_to(self, email: &str, request_type: RequestType) -> Self {
        let (update_to, request_type) = (email.to_lowercase(), request_type.name().to_owned());
        Self { update_to: Some(update_to), request_type: Some(request_type), ..self }
    }

    /// What it is for; `None` is the way of old servers, which change the address at once.
    pub(crate) fn request_type(&self) -> Option<RequestType> {
        let name = self.request_type.as_deref();
        [RequestType::Confirmation, RequestType::Verification]
            .into_iter()
            .find(|request_type| name == Some(request_type.name()))
    }
}

/// Signs tokens and reads them.
pub(crate) struct EmailTokens {
    key: SigningKey,
    keys: KeySet,
}

impl EmailTokens {
    pub(crate) fn new(secret: &Secret) -> Result<Self, KeyError> {
        let key = SigningKey::hs256(secret.expose())?;
        Ok(Self { keys: key.key_set()?, key })
    }

    pub(crate) fn sign(&self, token: &EmailToken) -> Result<String, ApiError> {
        let signed = self.key.sign(token);
        signed.map_err(|error| ApiError::internal("a token could not be signed", &error))
    }

    /// What a good token says; `TOKEN_EXPIRED` for one that was good, `INVALID_TOKEN` for any other.
    pub(crate) fn read(&self, text: &str, now: Timestamp) -> Result<EmailToken, &'static Refusal> {
        let payload = signed_payload(text, &self.keys).map_err(|_| &refusals::INVALID_TOKEN)?;
        let members = strict_json_object(&payload).map_err(|_| &refusals::INVALID_TOKEN)?;
        let token: EmailToken =
            serde_json::from_value(Value::Object(members)).map_err(|_| &refusals::INVALID_TOKEN)?;
        if token.exp <= now.as_second() {
            return Err(&refusals::TOKEN_EXPIRED);
        }
        if is_email(&token.email) { Ok(token) } else { Err(&refusals::INVALID_TOKEN) }
    }
}
