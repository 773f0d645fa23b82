//! Settings become a policy and a source of keys, or an error that says which one and what to do.

use std::{path::PathBuf, time::Duration};

use countersign::{
    BuildError, KeySource, Policy, PolicyError, PublishedKeys, RevocationFeed, SourceError,
};
use jiff::SignedDuration;
use pyo3::{
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    sync::PyOnceLock,
    types::PyType,
};
use zeroize::Zeroizing;

use crate::{
    feed::{self, feed_error},
    spent_tokens::spent_tokens_error,
};

/// Where keys can come from.
const PLACES: &str = "jwks_url, discovery, jwks_file and secret";

static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// One issuer: whose tokens, for whom, and where the keys are. The arguments of `Guard` and the
/// attributes of `Issuer`.
#[derive(FromPyObject)]
pub(crate) struct IssuerSettings {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) jwks_url: Option<String>,
    pub(crate) discovery: Option<String>,
    pub(crate) jwks_file: Option<PathBuf>,
    pub(crate) secret: Option<Secret>,
    pub(crate) snapshot: Option<PathBuf>,
    pub(crate) default_scopes: String,
    pub(crate) leeway: i64,
    pub(crate) max_lifetime: i64,
    pub(crate) max_age: Option<i64>,
    pub(crate) revocations_url: Option<String>,
    pub(crate) revocations_max_staleness: Option<f64>,
    pub(crate) revocations_allow_for: Option<f64>,
    pub(crate) revocations_guard: Option<String>,
    /// Name and secret of the resource server.
    pub(crate) revocations_credential: Option<(String, String)>,
}

/// The shared secret; forgotten when it has become a key.
#[derive(FromPyObject)]
pub(crate) enum Secret {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

/// A policy with its keys and its revocation feed, and whether anything of these is fetched.
pub(crate) struct Trust {
    pub(crate) policy: Policy,
    pub(crate) keys: KeySource,
    pub(crate) feed: Option<RevocationFeed>,
    pub(crate) fetched: bool,
}

impl IssuerSettings {
    pub(crate) fn trust(mut self, py: Python<'_>) -> PyResult<Trust> {
        let feed = feed::followed(&mut self, py)?;
        let fetched = self.jwks_url.is_some() || self.discovery.is_some();
        let policy = self.policy().map_err(|error| policy_error(py, error))?;
        if self.snapshot.is_some() && !fetched {
            let message = "a snapshot is of keys that are fetched, and none are; give jwks_url or \
                           discovery with it, or leave it out";
            return Err(settings_error(py, "snapshot", "nothing_fetched", message));
        }
        let snapshot = self.snapshot;
        let kept = |keys: PublishedKeys| match snapshot {
            Some(file) => keys.with_snapshot(file).into(),
            None => keys.into(),
        };
        let (setting, keys) = match (self.jwks_url, self.discovery, self.jwks_file, self.secret) {
            (Some(url), None, None, None) => ("jwks_url", PublishedKeys::jwks_url(&url).map(kept)),
            (None, Some(kind), None, None) => {
                let find = match kind.as_str() {
                    "openid" => PublishedKeys::openid,
                    "oauth" => PublishedKeys::oauth,
                    _ => return Err(no_discovery(py)),
                };
                ("discovery", find(&self.issuer).map(kept))
            }
            (None, None, Some(file), None) => ("jwks_file", KeySource::jwks_file(file)),
            (None, None, None, Some(secret)) => ("secret", secret.key_source()),
            (None, None, None, None) => {
                let message = format!("no keys are given; give one of {PLACES}");
                return Err(settings_error(py, "jwks_url", "no_keys", &message));
            }
            _ => {
                let message = format!("keys are given twice; give one of {PLACES}");
                return Err(settings_error(py, "jwks_url", "several_keys", &message));
            }
        };
        let keys = keys.map_err(|error| source_error(py, setting, &error))?;
        let fetched = fetched || feed.is_some();
        Ok(Trust { policy, keys, feed, fetched })
    }

    /// How long a token may be good: its lifetime and the leeway.
    pub(crate) fn longest(&self) -> SignedDuration {
        SignedDuration::from_secs(self.max_lifetime.saturating_add(self.leeway))
    }

    fn policy(&self) -> Result<Policy, PolicyError> {
        let policy = Policy::new(&*self.issuer, &*self.audience)?
            .with_default_scopes(&self.default_scopes)
            .with_leeway(SignedDuration::from_secs(self.leeway))?
            .with_max_lifetime(SignedDuration::from_secs(self.max_lifetime))?;
        match self.max_age {
            Some(age) => policy.with_max_age(SignedDuration::from_secs(age)),
            None => Ok(policy),
        }
    }
}

impl Secret {
    fn key_source(self) -> Result<KeySource, SourceError> {
        let bytes = Zeroizing::new(match &self {
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Bytes(bytes) => bytes.to_vec(),
        });
        KeySource::secret(&*bytes)
    }
}

fn policy_error(py: Python<'_>, error: PolicyError) -> PyErr {
    let (setting, fix) = match error {
        PolicyError::Issuer => ("issuer", "for Better Auth its origin: https://app.example.com"),
        PolicyError::Audience => {
            ("audience", "for Better Auth the same origin: https://app.example.com")
        }
        PolicyError::Leeway => ("leeway", "30 is a good value"),
        PolicyError::Lifetime => ("max_lifetime", "86400 is a day"),
        PolicyError::Age => ("max_age", "300 is five minutes; without it there is no limit"),
        _ => ("issuer", "see the documentation of Guard"),
    };
    settings_error(py, setting, error.code(), &format!("{error}; {fix}"))
}

/// Errors of sources, with their causes: what is wrong with a file or an address is for whoever
/// sets them. No secret is in any of them.
pub(crate) fn source_error(py: Python<'_>, setting: &str, error: &SourceError) -> PyErr {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        message = format!("{message}: {inner}");
        cause = inner.source();
    }
    let fix = match setting {
        "jwks_url" => "give it as https://app.example.com/api/auth/jwks",
        "discovery" => "it asks the issuer: an address such as https://app.example.com",
        "jwks_file" => "write what the issuer answers at /api/auth/jwks into it",
        "secret" => "keep it out of the code",
        _ => "the machine has to have certificates to check addresses with",
    };
    settings_error(py, setting, error.code(), &format!("{message}; {fix}"))
}

/// Errors of a guard as a whole.
pub(crate) fn build_error(py: Python<'_>, error: &BuildError) -> PyErr {
    match error {
        BuildError::Source(error) => source_error(py, "issuers", error),
        BuildError::Feed(error) => feed_error(py, "revocations_url", error),
        BuildError::SpentTokens(error) => spent_tokens_error(py, error),
        error => {
            let fix = match error {
                BuildError::IssuerTwice { .. } => "give each issuer once",
                _ => "see the documentation of Guard",
            };
            settings_error(py, "issuers", error.code(), &format!("{error}; {fix}"))
        }
    }
}

fn no_discovery(py: Python<'_>) -> PyErr {
    let message =
        "there are openid (OpenID Connect Discovery) and oauth (RFC 8414); give one of them";
    settings_error(py, "discovery", "unknown_discovery", message)
}

pub(crate) fn no_issuer(py: Python<'_>) -> PyErr {
    settings_error(py, "issuers", "no_issuer", "no issuer is given; give at least one")
}

/// A span of time.
pub(crate) fn seconds(py: Python<'_>, setting: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|_error| {
        let message =
            "it has to be a number of seconds, zero or more; leave it out for the default";
        settings_error(py, setting, "not_seconds", message)
    })
}

pub(crate) fn settings_error(py: Python<'_>, setting: &str, code: &str, message: &str) -> PyErr {
    let class = CLASS.import(py, "countersign._errors", "SettingsError");
    match class.and_then(|class| class.call1((setting, code, message))) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}
