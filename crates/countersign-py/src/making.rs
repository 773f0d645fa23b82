//! A guard from its settings.

use countersign::{Guard, GuardBuilder, Revocations, SharedSpentTokens};
use pyo3::prelude::*;

use crate::{
    clock::Time,
    guard::PyGuard,
    settings::{IssuerSettings, build_error, no_issuer},
};

impl PyGuard {
    pub(crate) fn build(
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
        let patience = shared.as_ref().map(SharedSpentTokens::patience);
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
        Ok(Self { guard, time, revocations, fetches, patience, issuers: names })
    }
}
