//! The decision, made without the interpreter's lock.
//!
//! A decision with keys at hand takes microseconds and waits for nothing: the guard's future is
//! polled once on the calling thread, and is ready. Only when keys have to be fetched or a feed is asked for the
//! first time is it not; then it is waited for on the runtime, where somebody may wait.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use countersign::{Access, Identity, Refusal, Refused};
use jiff::Timestamp;
use pyo3::{exceptions::PyRuntimeError, prelude::*, pybacked::PyBackedStr};

use crate::{
    guard::PyGuard,
    identity::PyIdentity,
    refusal,
    request::{About, Authorization},
    runtime::runtime,
};

impl PyGuard {
    /// Who is asking, however long that takes.
    pub(crate) fn decide(
        &self,
        py: Python<'_>,
        authorization: Option<Authorization>,
        about: &About<'_>,
    ) -> PyResult<PyIdentity> {
        let parts = about.parts(authorization)?;
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

    /// Who is asking, if that can be said at once.
    pub(crate) fn decide_now(
        &self,
        py: Python<'_>,
        authorization: Option<Authorization>,
        about: &About<'_>,
    ) -> PyResult<Option<PyIdentity>> {
        let parts = about.parts(authorization)?;
        self.time.ask(py)?;
        let runtime = self.fetches.then(runtime).transpose()?;
        let decision = py.detach(|| {
            let _context = runtime.as_ref().map(|runtime| runtime.enter());
            now(pin!(self.guard.admit(&parts)))
        });
        answer(py, decision)
    }

    /// Has the token count once.
    pub(crate) fn take_once(
        &self,
        py: Python<'_>,
        identity: &Identity,
        about: &About<'_>,
    ) -> PyResult<()> {
        let mut parts = about.parts(None)?;
        self.time.ask(py)?;
        let runtime = self.patience.is_some().then(runtime).transpose()?;
        let spent = py.detach(|| {
            let mut spend = pin!(self.guard.spend(identity, &mut parts));
            match &runtime {
                Some(runtime) => Some(runtime.block_on(spend)),
                None => now(spend.as_mut()),
            }
        });
        spent.ok_or_else(never)?.map_err(|refused| refusal::exception(py, &refused))
    }

    /// Asks for keys and feeds, where any are fetched, and refuses without them.
    pub(crate) fn demand_ready(&self, py: Python<'_>) -> PyResult<()> {
        self.time.ask(py)?;
        if !self.fetches {
            return Ok(());
        }
        let runtime = runtime()?;
        let ready = py.detach(|| runtime.block_on(self.guard.ready()));
        let Err(refusal) = ready else { return Ok(()) };
        let about = About { method: "GET", path: "/", request_id: None, address: None };
        self.refusing(py, refusal, None, &about)
    }

    /// Refuses the request, which the audit log has then.
    pub(crate) fn refusing(
        &self,
        py: Python<'_>,
        refusal: Refusal,
        identity: Option<&Identity>,
        about: &About<'_>,
    ) -> PyResult<()> {
        let parts = about.parts(None)?;
        self.time.ask(py)?;
        let refused = py.detach(|| self.guard.refuse(refusal, identity, &parts));
        Err(refusal::exception(py, &refused))
    }

    pub(crate) fn now(&self, py: Python<'_>) -> PyResult<Timestamp> {
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
pub(crate) fn access(owner: bool, scopes: &[PyBackedStr], roles: &[PyBackedStr]) -> Access {
    let access = if owner { Access::user().owner() } else { Access::user() };
    let access = scopes.iter().fold(access, |access, scope| access.scope(scope.to_string()));
    roles.iter().fold(access, |access, role| access.role(role.to_string()))
}

/// Keys that are at hand need no waiting, and without a feed or shared spent tokens there is nobody to ask.
fn never() -> PyErr {
    PyRuntimeError::new_err("the guard waits for somebody whom it does not ask")
}
