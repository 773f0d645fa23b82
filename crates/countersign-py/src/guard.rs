//! The decision, from Python.
//!
//! A decision with keys at hand takes microseconds and waits for nothing: the guard's future is
//! polled once on the calling thread, without the interpreter's lock, and is ready. Only when keys
//! have to be fetched is it not; then `admit` waits, and `admit_now` says so by returning `None`, for
//! callers that must not wait.

use std::{
    collections::HashSet,
    pin::{Pin, pin},
    sync::{Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use countersign::{Guard, Identity, Refusal};
use http::request::Parts;
use pyo3::{prelude::*, pybacked::PyBackedStr, types::PyType};

use crate::{
    clock::Time,
    identity::PyIdentity,
    refusal,
    request::{About, Authorization},
    runtime::runtime,
    settings::{IssuerSettings, Secret, source_error},
};

/// Turns the bearer token of a request into a verified `Identity`.
#[pyclass(frozen, module = "countersign", name = "Guard")]
pub(crate) struct PyGuard {
    guard: Guard,
    time: Time,
    /// Whether keys are fetched, so that a runtime is needed.
    fetches: bool,
    issuers: Vec<String>,
}

#[pymethods]
impl PyGuard {
    /// A guard for the tokens of one issuer.
    #[new]
    #[pyo3(signature = (*, issuer, audience, jwks_url=None, jwks_file=None, secret=None,
        default_scopes="", leeway=30, max_lifetime=86_400, clock=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
    fn new(
        py: Python<'_>,
        issuer: String,
        audience: String,
        jwks_url: Option<String>,
        jwks_file: Option<std::path::PathBuf>,
        secret: Option<Secret>,
        default_scopes: &str,
        leeway: i64,
        max_lifetime: i64,
        clock: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let default_scopes = default_scopes.to_owned();
        let only = IssuerSettings {
            issuer,
            audience,
            jwks_url,
            jwks_file,
            secret,
            default_scopes,
            leeway,
            max_lifetime,
        };
        Self::build(py, vec![only], clock)
    }

    /// A guard that takes tokens of several issuers, each with its own keys.
    #[classmethod]
    #[pyo3(signature = (issuers, *, clock=None))]
    fn for_issuers(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        issuers: Vec<IssuerSettings>,
        clock: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::build(py, issuers, clock)
    }

    /// Decides about one request; waits when keys have to be fetched.
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

    /// The same without waiting: `None` when keys have to be fetched. Ask `admit` then, where waiting
    /// harms nobody; a fetch that began goes on meanwhile.
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
        let Some(refusal) = lacking(identity, owner, &scopes, &roles) else { return Ok(()) };
        let parts = About { method, path, request_id, address }.parts(None)?;
        self.time.ask(py)?;
        self.audit(py, &refusal, identity.subject(), &parts);
        Err(refusal::exception(py, &refusal))
    }

    /// Whether tokens of every issuer can be verified now; fetches keys when none are known.
    fn ready(&self, py: Python<'_>) -> PyResult<()> {
        self.time.ask(py)?;
        if self.fetches {
            let runtime = runtime()?;
            let ready = py.detach(|| runtime.block_on(self.guard.ready()));
            ready.map_err(|refusal| refusal::exception(py, &refusal))?;
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
        clock: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let time = Time::from_setting(clock)?;
        let names = issuers.iter().map(|settings| settings.issuer.clone()).collect();
        let trusts =
            issuers.into_iter().map(|settings| settings.trust(py)).collect::<PyResult<Vec<_>>>()?;
        let fetches = trusts.iter().any(|trust| trust.fetched);
        let pairs = trusts.into_iter().map(|trust| (trust.policy, trust.keys));
        let guard = Guard::for_issuers(pairs, time.clock())
            .map_err(|error| source_error(py, "issuers", &error))?;
        Ok(Self { guard, time, fetches, issuers: names })
    }

    fn audit(&self, py: Python<'_>, refusal: &Refusal, subject: &str, parts: &Parts) {
        py.detach(|| self.guard.audit(refusal, Some(subject), parts));
    }
}

fn answer(
    py: Python<'_>,
    decision: Option<Result<Identity, Refusal>>,
) -> PyResult<Option<PyIdentity>> {
    match decision {
        None => Ok(None),
        Some(Ok(identity)) => Ok(Some(PyIdentity { identity })),
        Some(Err(refusal)) => Err(refusal::exception(py, &refusal)),
    }
}

/// One poll: with keys at hand there is nothing to wait for.
fn now<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// The first thing that is missing, in the order in which axum's extractors are written.
fn lacking(
    identity: &Identity,
    owner: Option<&str>,
    scopes: &[PyBackedStr],
    roles: &[PyBackedStr],
) -> Option<Refusal> {
    if owner.is_some_and(|owner| owner != identity.subject()) {
        return Some(Refusal::NotOwner);
    }
    if let Some(scope) = scopes.iter().find(|scope| !identity.has_scope(scope)) {
        return Some(Refusal::MissingScope { scope: name(scope) });
    }
    let role = roles.iter().find(|role| !identity.has_role(role))?;
    Some(Refusal::MissingRole { role: name(role) })
}

/// A refusal holds names that live as long as the program, as a service's scopes and roles do. Each is
/// kept once.
fn name(text: &str) -> &'static str {
    static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    if let Some(known) = names.get(text) {
        return known;
    }
    let kept: &'static str = Box::leak(text.into());
    names.insert(kept);
    kept
}

/// Keys that are at hand need no waiting.
fn never() -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err("the guard waits for keys that are not fetched")
}
