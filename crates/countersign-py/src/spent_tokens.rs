//! Settings become a place where spent tokens are shared, or an error that says which one and what to do.

use countersign::{SharedSpentTokens, SharedSpentTokensError};
use pyo3::prelude::*;

use crate::settings::settings_error;

/// Where spent tokens are shared, where they are. The credential is name and secret of the resource server.
pub(crate) fn shared(
    py: Python<'_>,
    url: Option<String>,
    credential: Option<(String, String)>,
) -> PyResult<Option<SharedSpentTokens>> {
    match (url, credential) {
        (None, None) => Ok(None),
        (Some(url), Some((name, secret))) => SharedSpentTokens::at(&url, name, secret)
            .map(Some)
            .map_err(|error| spent_tokens_error(py, &error)),
        (Some(_), None) => Err(half_shared(py, "spent_tokens_url")),
        (None, Some(_)) => Err(half_shared(py, "spent_tokens_credential")),
    }
}

pub(crate) fn spent_tokens_error(py: Python<'_>, error: &SharedSpentTokensError) -> PyErr {
    let (setting, fix) = match error {
        SharedSpentTokensError::Client(_) => {
            ("spent_tokens_url", "the machine has to have certificates to check addresses with")
        }
        SharedSpentTokensError::Credential => {
            ("spent_tokens_credential", "give it as (name, secret), as the auth server has it")
        }
        _ => ("spent_tokens_url", "give it as https://app.example.com/api/auth/spent-tokens"),
    };
    settings_error(py, setting, error.code(), &format!("{error}; {fix}"))
}

fn half_shared(py: Python<'_>, given: &str) -> PyErr {
    let message = "spent_tokens_url and spent_tokens_credential belong together; give both, or \
                   neither";
    settings_error(py, given, "half_shared", message)
}
