//! Settings become a place where spent tokens are shared, or an error that says which one and what to do.

use countersign::{SharedSpentTokens, SharedSpentTokensError};
use pyo3::prelude::*;

use crate::settings::{seconds, settings_error};

/// Where spent tokens are shared, where they are. The credential is name and secret of the resource server; the
/// patience is in seconds.
pub(crate) fn shared(
    py: Python<'_>,
    url: Option<String>,
    credential: Option<(String, String)>,
    patience: Option<f64>,
) -> PyResult<Option<SharedSpentTokens>> {
    let shared = match (url, credential) {
        (None, None) if patience.is_some() => return Err(nothing_shared(py)),
        (None, None) => return Ok(None),
        (Some(url), Some((name, secret))) => SharedSpentTokens::at(&url, name, secret),
        (Some(_), None) => return Err(half_shared(py, "spent_tokens_url")),
        (None, Some(_)) => return Err(half_shared(py, "spent_tokens_credential")),
    };
    let shared = match patience {
        Some(patience) => {
            let patience = seconds(py, "spent_tokens_patience", patience)?;
            shared.and_then(|shared| shared.with_patience(patience))
        }
        None => shared,
    };
    shared.map(Some).map_err(|error| spent_tokens_error(py, &error))
}

pub(crate) fn spent_tokens_error(py: Python<'_>, error: &SharedSpentTokensError) -> PyErr {
    let (setting, fix) = match error {
        SharedSpentTokensError::Client(_) => {
            ("spent_tokens_url", "the machine has to have certificates to check addresses with")
        }
        SharedSpentTokensError::Credential => {
            ("spent_tokens_credential", "give it as (name, secret), as the auth server has it")
        }
        SharedSpentTokensError::Patience => {
            ("spent_tokens_patience", "it is in seconds; leave it out for one second")
        }
        _ => ("spent_tokens_url", "give it as https://app.example.com/api/auth/spent-tokens"),
    };
    settings_error(py, setting, error.code(), &format!("{error}; {fix}"))
}

/// About spent tokens that are shared, and none are.
fn nothing_shared(py: Python<'_>) -> PyErr {
    let message = "it is about spent tokens that are shared, and none are; give spent_tokens_url and \
                   spent_tokens_credential with it, or leave it out";
    settings_error(py, "spent_tokens_patience", "nothing_shared", message)
}

fn half_shared(py: Python<'_>, given: &str) -> PyErr {
    let message = "spent_tokens_url and spent_tokens_credential belong together; give both, or \
                   neither";
    settings_error(py, given, "half_shared", message)
}
