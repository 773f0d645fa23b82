//! Settings become a revocation feed that is followed, or an error that says which one and what to do.

use std::time::Duration;

use countersign::{FeedError, RevocationFeed, WhenStale};
use pyo3::prelude::*;

use crate::settings::{IssuerSettings, seconds, settings_error};

/// The feed of an issuer, where there is one.
pub(crate) fn followed(
    settings: &mut IssuerSettings,
    py: Python<'_>,
) -> PyResult<Option<RevocationFeed>> {
    let (guard, credential) =
        (settings.revocations_guard.take(), settings.revocations_credential.take());
    let (staleness, allowed) = (settings.revocations_max_staleness, settings.revocations_allow_for);
    let Some(url) = settings.revocations_url.take() else {
        let about_nothing = [
            ("revocations_guard", guard.is_some()),
            ("revocations_credential", credential.is_some()),
            ("revocations_max_staleness", staleness.is_some()),
            ("revocations_allow_for", allowed.is_some()),
        ];
        let mut given = about_nothing.into_iter().filter(|(_, is_given)| *is_given);
        return given.next().map_or(Ok(None), |(setting, _)| Err(nothing_followed(py, setting)));
    };
    let failed = |setting| move |error: FeedError| feed_error(py, setting, &error);
    let mut feed = RevocationFeed::at(&url).map_err(failed("revocations_url"))?;
    if let Some(staleness) = staleness {
        let setting = "revocations_max_staleness";
        feed =
            feed.with_max_staleness(seconds(py, setting, staleness)?).map_err(failed(setting))?;
    }
    if let Some(allowed) = allowed {
        feed = feed.when_stale(match seconds(py, "revocations_allow_for", allowed)? {
            Duration::ZERO => WhenStale::Refuse,
            longer => WhenStale::AllowFor(longer),
        });
    }
    match (guard, credential) {
        (None, None) => Ok(Some(feed)),
        (Some(guard), Some((name, secret))) => {
            let feed = feed.registered(guard, name, secret);
            feed.map(Some).map_err(|error| match error {
                FeedError::GuardName => feed_error(py, "revocations_guard", &error),
                error => feed_error(py, "revocations_credential", &error),
            })
        }
        (Some(_), None) => Err(half_registered(py, "revocations_guard")),
        (None, Some(_)) => Err(half_registered(py, "revocations_credential")),
    }
}

pub(crate) fn feed_error(py: Python<'_>, setting: &str, error: &FeedError) -> PyErr {
    let fix = match (setting, error) {
        (_, FeedError::Client(_)) => "the machine has to have certificates to check addresses with",
        ("revocations_url", _) => "give it as https://app.example.com/api/auth/revocations",
        ("revocations_max_staleness", _) => "10 is a good value",
        ("revocations_guard", _) => "give each process its own, such as tasks-1",
        _ => "give it as (name, secret), as the issuer has it",
    };
    settings_error(py, setting, error.code(), &format!("{error}; {fix}"))
}

/// About a feed, and there is none.
fn nothing_followed(py: Python<'_>, setting: &str) -> PyErr {
    let message = "it is about a revocation feed, and none is followed; give revocations_url with \
                   it, or leave it out";
    settings_error(py, setting, "nothing_followed", message)
}

fn half_registered(py: Python<'_>, given: &str) -> PyErr {
    let message = "revocations_guard and revocations_credential belong together; give both, or \
                   neither";
    settings_error(py, given, "half_registered", message)
}
