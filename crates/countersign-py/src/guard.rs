//! The decision, from Python.
//!
//! A decision with keys at hand takes microseconds and waits for nothing: the guard's future is
//! polled once on the calling thread, without the interpreter's lock, and is ready. Only when keys
//! have to be fetched or a feed is asked for the first time is it not; then `admit` waits, and `admit_now`
//! says so by returning `None`, for callers that must not wait. `spend` waits where spent tokens are shared.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use countersign::{
    Access, DEFAULT_CACHED_TOKENS, Guard, GuardBuilder, Identity, Refused, Revocations,
    SharedSpentTokens, TokenHash,
};
use jiff::Timestamp;
use pyo3::{exceptions::PyValueError, prelude::*, pybacked::PyBackedStr, types::PyType};

use crate::{
    clock::Time,
    identity::PyIdentity,
    refusal,
    request::{About, Authorization},
    runtime::runtime,
    settings::{IssuerSettings, Secret, build_error, no_issuer},
    spent_tokens,
};

/// Turns the bearer token of a request into a verified `Identity`.
#[pyclass(frozen, module = "countersign", name = "Guard")]
pub(crate) struct PyGuard {
    guard: Guard,
    time: Time,
    revocations: Revocations,
    /// Whether keys are fetched or a feed is followed, so that a runtime is needed.
    fetches: bool,
    /// Whether spent tokens are shared, so that spending one waits.
    shares: bool,
    issuers: Vec<String>,
}

#[pymethods]
impl PyGuard {
    /// A guard for the tokens of one issuer.
    #[new]
    #[pyo3(signature = (*, issuer, audience, jwks_url=None, discovery=None, jwks_file=None,
        secret=None, snapshot=None, default_scopes="", leeway=30, max_lifetime=86_400, max_age=None,
        revocations_url=None, revocations_max_staleness=None, revocations_allow_for=None,
        revocations_guard=None, revocations_credential=None,
        spent_tokens_url=None, spent_tokens_credential=None, clock=None,
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
        clock: Option<&Bound<'_, PyAny>>,
        cached_tokens: usize,
    ) -> PyResult<Self> {
        let default_scopes = default_scopes.to_owned();
        let only = IssuerSettings {
            issuer,
            audience,
            jwks_url,
            discovery,
            jwks_file,
            secret,
            snapshot,
            default_scopes,
            leeway,
            max_lifetime,
            max_age,
            revocations_url,
            revocations_max_staleness,
            revocations_allow_for,
            revocations_guard,
            revocations_credential,
        };
        let shared = spent_tokens::shared(py, spent_tokens_url, spent_tokens_credential)?;
        Self::build(py, vec![only], shared, clock, cached_tokens)
    }

    /// A guard that takes tokens of several issuers, each with its own keys.
    #[classmethod]
    #[pyo3(signature = (issuers, *, spent_tokens_url=None, spent_tokens_credential=None, clock=None,
        cached_tokens=DEFAULT_CACHED_TOKENS))]
    fn for_issuers(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        issuers: Vec<IssuerSettings>,
        spent_tokens_url: Option<String>,
        spent_tokens_credential: Option<(String, String)>,
        clock: Option<&Bound<'_, PyAny>>,
        cached_tokens: usize,
    ) -> PyResult<Self> {
        let shared = spent_tokens::shared(py, spent_tokens_url, spent_tokens_credential)?;
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
        let parts = About { method, path, request_id, address }.parts(authorization)?;
        self.time.ask(py)?;
        let runtime = self.fetches.then(runtime).transpose()?;
        let decision = py.detach(|| {
            let mut decision = pin!(self.guard.admit(&parts));
            let Some(runtime) = &runtime else { return now(decision.as_mut()) };
            let context = runtime.enter();
            let ready = now(decision.as_mut());
            drop(context);
            ready.or_else(|| Some(runtime.block_on(decision)))
        });
        answer(py, decision)?.ok_or_else(never)
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
        let parts = About { method, path, request_id, address }.parts(authorization)?;
        self.time.ask(py)?;
        let runtime = self.fetches.then(runtime).transpose()?;
        let decision = py.detach(|| {
            let _context = runtime.as_ref().map(|runtime| runtime.enter());
            now(pin!(self.guard.admit(&parts)))
        });
        answer(py, decision)
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
        let parts = About { method, path, request_id, address }.parts(None)?;
        self.time.ask(py)?;
        let refused = py.detach(|| self.guard.refuse(refusal, Some(identity), &parts));
        Err(refusal::exception(py, &refused))
    }

    /// Whether `spend` asks the auth server, and waits for it.
    #[getter]
    fn shares_spent_tokens(&self) -> bool {
        self.shares
    }

    /// Lets the token of an admitted request count once: the first request with its `jti` passes. Waits for a
    /// second at most where spent tokens are shared.
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
        let mut parts = About { method, path, request_id, address }.parts(None)?;
        self.time.ask(py)?;
        let runtime = self.shares.then(runtime).transpose()?;
        let spent = py.detach(|| {
            let mut spend = pin!(self.guard.spend(&identity.identity, &mut parts));
            match &runtime {
                Some(runtime) => Some(runtime.block_on(spend)),
                None => now(spend.as_mut()),
            }
        });
        spent.ok_or_else(never)?.map_err(|refused| refusal::exception(py, &refused))
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
        self.time.ask(py)?;
        if self.fetches {
            let runtime = runtime()?;
            let ready = py.detach(|| runtime.block_on(self.guard.ready()));
            if let Err(refusal) = ready {
                let about = About { method: "GET", path: "/", request_id: None, address: None };
                let refused = self.guard.refuse(refusal, None, &about.parts(None)?);
                return Err(refusal::exception(py, &refused));
            }
        }
        Ok(())
    }

    /// Whose tokens are taken. Nothing of keys.
    fn __repr__(&self) -> String {
        format!("Guard(issuers={:?})", self.issuers)
    }
}

impl PyGuard {
    fn build(
        py: Python<'_>,
        issuers: Vec<IssuerSettings>,
        shared: Option<SharedSpentTokens>,
        clock: Option<&Bound<'_, PyAny>>,
        cached_tokens: usize,
    ) -> PyResult<Self> {
        let time = Time::from_setting(clock)?;
        let names = issuers.iter().map(|settings| settings.issuer.clone()).collect();
        let longest = issuers.iter().map(IssuerSettings::longest).max().unwrap_or_default();
        let trusts =
            issuers.into_iter().map(|settings| settings.trust(py)).collect::<PyResult<Vec<_>>>()?;
        let fetches = trusts.iter().any(|trust| trust.fetched);
        let mut trusts = trusts.into_iter();
        let first = trusts.next().ok_or_else(|| no_issuer(py))?;
        let revocations = Revocations::kept_for(longest);
        let follow = |builder: GuardBuilder, feed| match feed {
            Some(feed) => builder.revocation_feed(feed),
            None => builder,
        };
        let builder = follow(Guard::builder(first.policy, first.keys), first.feed)
            .clock(time.clock())
            .revocations(revocations.clone())
            .cached_tokens(cached_tokens);
        let is_shared = shared.is_some();
        let builder = match shared {
            Some(shared) => builder.spent_tokens_shared(shared),
            None => builder,
        };
        let guard = trusts
            .fold(builder, |builder, trust| {
                follow(builder.issuer(trust.policy, trust.keys), trust.feed)
            })
            .build()
            .map_err(|error| build_error(py, &error))?;
        Ok(Self { guard, time, revocations, fetches, shares: is_shared, issuers: names })
    }

    fn now(&self, py: Python<'_>) -> PyResult<Timestamp> {
        self.time.ask(py)?;
        Ok(self.time.clock().now())
    }
}

fn answer(
    py: Python<'_>,
    decision: Option<Result<Identity, Refused>>,
) -> PyResult<Option<PyIdentity>> {
    match decision {
        None => Ok(None),
        Some(Ok(identity)) => Ok(Some(PyIdentity { identity })),
        Some(Err(refused)) => Err(refusal::exception(py, &refused)),
    }
}

/// One poll: with keys at hand there is nothing to wait for.
fn now<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// All of the scopes and all of the roles.
fn access(owner: bool, scopes: &[PyBackedStr], roles: &[PyBackedStr]) -> Access {
    let access = if owner { Access::user().owner() } else { Access::user() };
    let access = scopes.iter().fold(access, |access, scope| access.scope(scope.to_string()));
    roles.iter().fold(access, |access, role| access.role(role.to_string()))
}

/// Keys that are at hand need no waiting, and without a feed or shared spent tokens there is nobody to ask.
fn never() -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err("the guard waits for somebody whom it does not ask")
}
