//! The class `Guard`, as Python has it.
//!
//! `admit` waits when keys have to be fetched or a feed is asked for the first time; `admit_now` says so by
//! returning `None`, for callers that must not wait. `spend` waits where spent tokens are shared.

use std::time::Duration;

use countersign::{DEFAULT_CACHED_TOKENS, Guard, Refusal, Revocations, TokenHash};
use pyo3::{exceptions::PyValueError, prelude::*, pybacked::PyBackedStr, types::PyType};

use crate::{
    clock::Time,
    decision::access,
    identity::PyIdentity,
    request::{About, Authorization},
    settings::{IssuerSettings, Secret},
    spent_tokens,
};

/// Turns the bearer token of a request into a verified `Identity`.
#[pyclass(frozen, module = "countersign", name = "Guard")]
pub(crate) struct PyGuard {
    pub(crate) guard: Guard,
    pub(crate) time: Time,
    pub(crate) revocations: Revocations,
    /// Whether keys are fetched or a feed is followed, so that a runtime is needed.
    pub(crate) fetches: bool,
    /// How long spending a token waits, where spent tokens are shared.
    pub(crate) patience: Option<Duration>,
    pub(crate) issuers: Vec<String>,
}

#[pymethods]
impl PyGuard {
    /// A guard for the tokens of one issuer.
    #[new]
    #[pyo3(signature = (*, issuer, audience, jwks_url=None, discovery=None, jwks_file=None,
        secret=None, snapshot=None, default_scopes="", leeway=30, max_lifetime=86_400, max_age=None,
        revocations_url=None, revocations_max_staleness=None, revocations_allow_for=None,
        revocations_guard=None, revocations_credential=None,
        spent_tokens_url=None, spent_tokens_credential=None, spent_tokens_patience=None, clock=None,
        cached_tokens=DEFAULT_CACHED_TOKENS))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    fn new(
        py: Python<'_>,
        issuer: String,
        audience: String,
        jwks_url: Option<String>,
        discovery: Option<String>,
        jwks_file: Option<std::path::PathBuf>,
        secret: Option<Secret>,
        snapshot: Option<std::path::PathBuf>,
        default_scopes: &str,
        leeway: i64,
        max_lifetime: i64,
        max_age: Option<i64>,
        revocations_url: Option<String>,
        revocations_max_staleness: Option<f64>,
        revocations_allow_for: Option<f64>,
        revocations_guard: Option<String>,
        revocations_credential: Option<(String, String)>,
        spent_tokens_url: Option<String>,
        spent_tokens_credential: Option<(String, String)>,
        spent_tokens_patience: Option<f64>,
        clock: Option<&Bound<'_, PyAny>>,
        cached_tokens: usize,
    ) -> PyResult<Self> {
        let only = IssuerSettings {
            issuer,
            audience,
            jwks_url,
            discovery,
            jwks_file,
            secret,
            snapshot,
            default_scopes: default_scopes.to_owned(),
            leeway,
            max_lifetime,
            max_age,
            revocations_url,
            revocations_max_staleness,
            revocations_allow_for,
            revocations_guard,
            revocations_credential,
        };
        let (url, credential) = (spent_tokens_url, spent_tokens_credential);
        let shared = spent_tokens::shared(py, url, credential, spent_tokens_patience)?;
        Self::build(py, vec![only], shared, clock, cached_tokens)
    }

    /// A guard that takes tokens of several issuers, each with its own keys.
    #[classmethod]
    #[pyo3(signature = (issuers, *, spent_tokens_url=None, spent_tokens_credential=None,
        spent_tokens_patience=None, clock=None, cached_tokens=DEFAULT_CACHED_TOKENS))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    fn for_issuers(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        issuers: Vec<IssuerSettings>,
        spent_tokens_url: Option<String>,
        spent_tokens_credential: Option<(String, String)>,
        spent_tokens_patience: Option<f64>,
        clock: Option<&Bound<'_, PyAny>>,
        cached_tokens: usize,
    ) -> PyResult<Self> {
        let (url, credential) = (spent_tokens_url, spent_tokens_credential);
        let shared = spent_tokens::shared(py, url, credential, spent_tokens_patience)?;
        Self::build(py, issuers, shared, clock, cached_tokens)
    }

    /// Decides about one request; waits when keys have to be fetched, or a feed is asked for the first time.
    #[pyo3(signature = (authorization, *, method="GET", path="/", request_id=None, address=None))]
    fn admit(
        &self,
        py: Python<'_>,
        authorization: Option<Authorization>,
        method: &str,
        path: &str,
        request_id: Option<&str>,
        address: Option<&str>,
    ) -> PyResult<PyIdentity> {
        self.decide(py, authorization, &About { method, path, request_id, address })
    }

    /// The same without waiting: `None` when keys have to be fetched, or a feed was not asked yet. Ask `admit`
    /// then, where waiting harms nobody; what began goes on meanwhile.
    #[pyo3(signature = (authorization, *, method="GET", path="/", request_id=None, address=None))]
    fn admit_now(
        &self,
        py: Python<'_>,
        authorization: Option<Authorization>,
        method: &str,
        path: &str,
        request_id: Option<&str>,
        address: Option<&str>,
    ) -> PyResult<Option<PyIdentity>> {
        self.decide_now(py, authorization, &About { method, path, request_id, address })
    }

    /// Demands more of a verified user: to be `owner`, to have all `scopes`, to have all `roles`.
    #[pyo3(signature = (identity, *, owner=None, scopes=Vec::new(), roles=Vec::new(), method="GET",
        path="/", request_id=None, address=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    #[expect(clippy::needless_pass_by_value, reason = "Python's lists become Rust's here")]
    fn authorize(
        &self,
        py: Python<'_>,
        identity: &PyIdentity,
        owner: Option<&str>,
        scopes: Vec<PyBackedStr>,
        roles: Vec<PyBackedStr>,
        method: &str,
        path: &str,
        request_id: Option<&str>,
        address: Option<&str>,
    ) -> PyResult<()> {
        let identity = &identity.identity;
        let access = access(owner.is_some(), &scopes, &roles);
        let Err(refusal) = access.check(identity, owner) else { return Ok(()) };
        let about = About { method, path, request_id, address };
        self.refusing(py, refusal, Some(identity), &about)
    }

    /// For how many seconds `spend` waits for the auth server; `None` where it asks nobody.
    #[getter]
    fn spent_tokens_patience(&self) -> Option<f64> {
        self.patience.as_ref().map(Duration::as_secs_f64)
    }

    /// Lets the token of an admitted request count once: the first request with its `jti` passes. Waits
    /// where spent tokens are shared, for `spent_tokens_patience` at most.
    #[pyo3(signature = (identity, *, method="GET", path="/", request_id=None, address=None))]
    fn spend(
        &self,
        py: Python<'_>,
        identity: &PyIdentity,
        method: &str,
        path: &str,
        request_id: Option<&str>,
        address: Option<&str>,
    ) -> PyResult<()> {
        self.take_once(py, &identity.identity, &About { method, path, request_id, address })
    }

    /// Refuses a request whose turn to `spend` did not come in time, as `spend` does when no answer does.
    #[pyo3(signature = (identity, *, method="GET", path="/", request_id=None, address=None))]
    fn refuse_unspent(
        &self,
        py: Python<'_>,
        identity: &PyIdentity,
        method: &str,
        path: &str,
        request_id: Option<&str>,
        address: Option<&str>,
    ) -> PyResult<()> {
        let about = About { method, path, request_id, address };
        self.refusing(py, Refusal::SpentTokensUnavailable, Some(&identity.identity), &about)
    }

    /// Ends one token of an issuer by its `jti`.
    fn revoke_token(&self, py: Python<'_>, issuer: &str, jti: &str) -> PyResult<()> {
        self.revocations.revoke_token(issuer, jti, self.now(py)?);
        Ok(())
    }

    /// Ends one token, whoever issued it, by itself: for tokens without `jti`.
    fn revoke_this_token(&self, py: Python<'_>, token: &str) -> PyResult<()> {
        let hash = TokenHash::of(token).map_err(|_error| PyValueError::new_err("not a token"))?;
        self.revocations.revoke_token_hash(&hash, self.now(py)?);
        Ok(())
    }

    /// Ends all tokens of a session of an issuer.
    fn revoke_session(&self, py: Python<'_>, issuer: &str, session: &str) -> PyResult<()> {
        self.revocations.revoke_session(issuer, session, self.now(py)?);
        Ok(())
    }

    /// Ends all tokens of a user of an issuer that were issued up to now.
    fn revoke_user(&self, py: Python<'_>, issuer: &str, subject: &str) -> PyResult<()> {
        let now = self.now(py)?;
        self.revocations.revoke_user(issuer, subject, now, now);
        Ok(())
    }

    /// What it has done so far, in the text format of Prometheus.
    fn metrics(&self) -> String {
        self.guard.metrics().to_string()
    }

    /// Whether tokens of every issuer can be verified now, and what it took back is known; fetches keys
    /// when none are known, and asks a feed for the first time.
    fn ready(&self, py: Python<'_>) -> PyResult<()> {
        self.demand_ready(py)
    }

    /// Whose tokens are taken. Nothing of keys.
    fn __repr__(&self) -> String {
        format!("Guard(issuers={:?})", self.issuers)
    }
}
