//! From bytes to a JSON value: which content types an endpoint takes, and what it says to others.

use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use crate::wire::{ApiError, refusals};

/// Which forms of body an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyForms {
    /// `application/json` only.
    Json,
    /// HTML forms too: sign-in and sign-up work without scripts. Their values are texts.
    FormOrJson,
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

impl BodyForms {
    fn allowed(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::FormOrJson => "application/x-www-form-urlencoded, application/json",
        }
    }
}

/// The body as JSON; `None` when there are no bytes, whatever the content type says, and when
/// there is no content type, whatever the bytes are.
pub(crate) fn read_body(
    forms: BodyForms,
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<Option<Value>, ApiError> {
    let given = match headers.get(header::CONTENT_TYPE) {
        Some(given) if !bytes.is_empty() => given.to_str().unwrap_or_default(),
        _ => return Ok(None),
    };
    let media_type = given.split(';').next().unwrap_or_default().trim();
    match media_type.to_ascii_lowercase().as_str() {
        JSON => {
            let value = serde_json::from_slice(bytes).map_err(|_| &refusals::BAD_REQUEST)?;
            Ok(Some(value))
        }
        FORM if forms == BodyForms::FormOrJson => Ok(Some(form(bytes))),
        _ => Err(unsupported(forms, given)),
    }
}

fn form(bytes: &[u8]) -> Value {
    let pairs = form_urlencoded::parse(bytes);
    let members: Map<_, _> =
        pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
    Value::Object(members)
}

fn unsupported(forms: BodyForms, given: &str) -> ApiError {
    let allowed = forms.allowed();
    let message = format!("Content-Type \"{given}\" is not allowed. Allowed types: {allowed}");
    ApiError::told(StatusCode::UNSUPPORTED_MEDIA_TYPE, Some("UNSUPPORTED_MEDIA_TYPE"), message)
}
