//! When a token is valid: `exp`, `nbf`, `iat` (RFC 7519 §4.1.4 to §4.1.6).
//!
//! A date is a JSON number of seconds since 1970, not negative. A fraction never makes a token valid:
//! it is cut off, and `nbf` is rounded up. `exp` is required. The rules, to the second, with leeway L:
//!
//! * expired from `exp + L` on;
//! * not valid before `nbf - L`, and not when `iat` is later than now + L;
//! * `exp` is at most the allowed lifetime after `iat`; without `iat`, after now + L;
//! * `exp` is not before `iat` or `nbf`;
//! * where an age is set, `iat` is required, and the token is too old from `iat` + age + L on.

use jiff::Timestamp;

use crate::{error::TokenError, json::Json, known_claims::KnownClaims};

#[derive(Debug)]
pub(crate) struct Lifetime {
    pub(crate) expires_at: Timestamp,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) issued_at: Option<Timestamp>,
}

impl Lifetime {
    pub(crate) fn read(known: &KnownClaims<'_, '_>) -> Result<Self, TokenError> {
        Ok(Self {
            expires_at: date(known.exp, "exp", f64::floor)?
                .ok_or(TokenError::MissingClaim { claim: "exp" })?,
            not_before: date(known.nbf, "nbf", f64::ceil)?,
            issued_at: date(known.iat, "iat", f64::floor)?,
        })
    }

    /// Holds the dates against each other and against the time. Expiry comes last, so that a token
    /// that is also wrong in another way is not called merely expired.
    pub(crate) fn check(&self, now: Timestamp, leeway: i64, max: i64) -> Result<(), TokenError> {
        let now = now.as_second();
        let expires_at = self.expires_at.as_second();
        let not_before = self.not_before.map(Timestamp::as_second);
        let issued_at = self.issued_at.map(Timestamp::as_second);
        if not_before.is_some_and(|start| start > expires_at) {
            return Err(TokenError::InvalidClaim { claim: "nbf" });
        }
        if issued_at.is_some_and(|issued| issued > expires_at) {
            return Err(TokenError::InvalidClaim { claim: "iat" });
        }
        if not_before.is_some_and(|start| start > now + leeway) {
            return Err(TokenError::NotYetValid { claim: "nbf" });
        }
        if issued_at.is_some_and(|issued| issued > now + leeway) {
            return Err(TokenError::NotYetValid { claim: "iat" });
        }
        if expires_at - issued_at.unwrap_or(now + leeway) > max {
            return Err(TokenError::LivesTooLong);
        }
        if now >= expires_at + leeway {
            return Err(TokenError::Expired);
        }
        Ok(())
    }

    /// Holds `iat` against the oldest age, whatever `exp` allows.
    pub(crate) fn check_age(
        &self,
        now: Timestamp,
        leeway: i64,
        max: i64,
    ) -> Result<(), TokenError> {
        let issued_at = self.issued_at.ok_or(TokenError::MissingClaim { claim: "iat" })?;
        let age = now.as_second() - issued_at.as_second();
        if age >= max.saturating_add(leeway) { Err(TokenError::TooOld) } else { Ok(()) }
    }
}

fn date(
    value: Option<&Json<'_>>,
    claim: &'static str,
    round: fn(f64) -> f64,
) -> Result<Option<Timestamp>, TokenError> {
    let Some(value) = value else { return Ok(None) };
    let seconds = match value {
        Json::Number(number) => {
            number.as_i64().or_else(|| number.as_f64().map(round).and_then(whole_seconds))
        }
        _ => None,
    };
    match seconds.filter(|seconds| *seconds >= 0).map(Timestamp::from_second) {
        Some(Ok(date)) => Ok(Some(date)),
        _ => Err(TokenError::InvalidClaim { claim }),
    }
}

/// Seconds without a fraction. Beyond the years [`Timestamp`] knows there is nothing to convert.
fn whole_seconds(seconds: f64) -> Option<i64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the last second of year 9999 is far below 2^53"
    )]
    let latest = Timestamp::MAX.as_second() as f64;
    #[expect(clippy::cast_possible_truncation, reason = "inside the range just checked")]
    (0.0..=latest).contains(&seconds).then_some(seconds as i64)
}
