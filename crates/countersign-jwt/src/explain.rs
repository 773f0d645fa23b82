//! Why a token is taken or not, check by check: for operators, never for callers.

use std::fmt;

use jiff::Timestamp;

use crate::{
    claims::{Claims, Registered, check_audience, check_issuer},
    compact::Compact,
    error::{Part, TokenError},
    header::Header,
    json::{self, Json},
    key_set::KeySet,
    known_claims::KnownClaims,
    lifetime::Lifetime,
    verify::Verifier,
};

/// One check of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What is checked.
    pub name: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// For a check that failed: what was there, and what should have been, where that can be told.
    pub found: Option<String>,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was met; what was seen.
    Met(String),
    /// It was not met.
    Failed(TokenError),
    /// Something it needs was not there.
    NotReached,
}

/// `met  issuer     https://auth.example`, one line.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name;
        match &self.verdict {
            Verdict::Met(seen) => write!(f, "met    {name:<10} {seen}"),
            Verdict::Failed(error) => {
                write!(f, "FAILED {name:<10} {error} ({})", error.code())?;
                self.found.as_ref().map_or(Ok(()), |found| write!(f, ": {found}"))
            }
            Verdict::NotReached => write!(f, "  –    {name:<10} not reached"),
        }
    }
}

impl Verifier {
    /// All checks of [`verify`](Self::verify) in their order. The first that failed is the error that
    /// `verify` gives; checks behind it that need nothing of it are done all the same, so that one
    /// look shows everything that is wrong.
    pub fn explain(&self, token: &str, keys: &KeySet, now: Timestamp) -> Vec<Check> {
        let mut checks = Checks(Vec::new());
        let compact = checks.note("form", Some(Compact::split(token)), |_compact| {
            format!("three parts, {} bytes", token.len())
        });
        let compact = compact.as_ref();
        let header = compact.map(|compact| Header::parse(&compact.header()?));
        let header = checks.note("header", header, |header| match &header.kid {
            Some(kid) => format!("alg {}, kid {kid:?}", header.algorithm),
            None => format!("alg {}, no kid", header.algorithm),
        });
        let key = header.as_ref().map(|header| keys.choose(header));
        let key = checks.note("key", key, |key| format!("one for {}", key.algorithm()));
        if key.is_none() && keys.kids().next().is_some() {
            checks.found(|| format!("the key set names {}", listed(keys.kids())));
        }
        let signature = compact.zip(key).map(|(compact, key)| compact.check_signature(key));
        checks.note("signature", signature, |()| "made by this key".to_owned());

        let payload = compact.map(Compact::payload);
        let members = payload.as_ref().map(|payload| {
            json::object(payload.as_ref().map_err(Clone::clone)?)
                .map_err(|json::NotStrictJson| TokenError::NotStrictJson { part: Part::Payload })
        });
        let members = checks
            .note("payload", members, |members| members.names().collect::<Vec<_>>().join(", "));
        let known = members.as_ref().map(KnownClaims::of);
        let known = known.as_ref();
        let issuer = known.map(|known| check_issuer(known.iss, self.issuer()));
        checks.note("issuer", issuer, |()| self.issuer().to_owned());
        if let Some(iss) = known.and_then(|known| texts(known.iss)) {
            checks.found(|| format!("it is {iss}, not {:?}", self.issuer()));
        }
        let audience = known.map(|known| check_audience(known.aud, self.audience()));
        checks.note("audience", audience, |()| self.audience().to_owned());
        if let Some(aud) = known.and_then(|known| texts(known.aud)) {
            checks.found(|| format!("it is {aud}, not {:?}", self.audience()));
        }
        let lifetime = known.map(Lifetime::read);
        let lifetime = checks.note("dates", lifetime, |lifetime| match lifetime.issued_at {
            Some(issued_at) => format!("issued {issued_at}, expires {}", lifetime.expires_at),
            None => format!("expires {}", lifetime.expires_at),
        });
        let lifetime = lifetime.as_ref();
        let time = lifetime.map(|lifetime| self.check_lifetime(lifetime, now));
        checks.note("time", time, |()| format!("it is {now}"));
        checks.found(|| format!("it is {now}"));
        let text = payload.as_ref().and_then(|payload| payload.as_deref().ok());
        let subject = text.zip(known).zip(lifetime).map(|((text, known), lifetime)| {
            Ok(Claims::new(text.to_owned(), Registered::read(text, known, lifetime)?))
        });
        checks.note("subject", subject, |claims| format!("{:?}", claims.subject()));
        checks.0
    }
}

struct Checks(Vec<Check>);

impl Checks {
    /// Notes a check that was done, or could not be; its outcome, for checks that need it.
    fn note<T>(
        &mut self,
        name: &'static str,
        outcome: Option<Result<T, TokenError>>,
        seen: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        let (verdict, outcome) = match outcome {
            None => (Verdict::NotReached, None),
            Some(Err(error)) => (Verdict::Failed(error), None),
            Some(Ok(outcome)) => (Verdict::Met(seen(&outcome)), Some(outcome)),
        };
        self.0.push(Check { name, verdict, found: None });
        outcome
    }

    /// Says of the last check, if it failed, what was there.
    fn found(&mut self, found: impl FnOnce() -> String) {
        if let Some(check) = self.0.last_mut()
            && matches!(check.verdict, Verdict::Failed(_))
        {
            check.found = Some(found());
        }
    }
}

/// One text or several, as they would stand in a program; nothing of what is no text.
fn texts(value: Option<&Json<'_>>) -> Option<String> {
    let values = match value? {
        Json::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    let texts = values.iter().map(|value| match value {
        Json::Text(text) => Some(&**text),
        _ => None,
    });
    Some(listed(texts.collect::<Option<Vec<_>>>()?.into_iter()))
}

fn listed<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
}
