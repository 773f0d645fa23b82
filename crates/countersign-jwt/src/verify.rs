//! Verification: one token, one set of keys, one moment.

use jiff::{SignedDuration, Timestamp};

use crate::{
    claims::{Claims, Registered, check_audience, check_issuer},
    compact::Compact,
    error::{Part, TokenError},
    json,
    key_set::KeySet,
    known_claims::KnownClaims,
    lifetime::Lifetime,
};

/// How far two clocks may differ, unless [`Verifier::with_leeway`] says otherwise.
pub const DEFAULT_LEEWAY: SignedDuration = SignedDuration::from_secs(30);

/// The largest leeway: "no more than a few minutes" (RFC 7519 §4.1.4).
pub const MAX_LEEWAY: SignedDuration = SignedDuration::from_secs(120);

/// How long a token may live, unless [`Verifier::with_max_lifetime`] says otherwise.
pub const DEFAULT_MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Decides whether a token was made by one issuer for one audience.
#[derive(Clone, Debug)]
pub struct Verifier {
    issuer: String,
    audience: String,
    leeway: i64,
    max_lifetime: i64,
    max_age: Option<i64>,
}

impl Verifier {
    /// A verifier for the tokens of `issuer` (claim `iss`) meant for `audience` (claim `aud`), both
    /// compared exactly. An empty text matches no token.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            leeway: DEFAULT_LEEWAY.as_secs(),
            max_lifetime: DEFAULT_MAX_LIFETIME.as_secs(),
            max_age: None,
        }
    }

    /// How far the clocks of issuer and verifier may differ, in whole seconds; limited to between zero
    /// and [`MAX_LEEWAY`].
    #[must_use]
    pub fn with_leeway(mut self, leeway: SignedDuration) -> Self {
        self.leeway = leeway.clamp(SignedDuration::ZERO, MAX_LEEWAY).as_secs();
        self
    }

    /// The longest `exp - iat` to accept, in whole seconds. A token that lives for years is a password.
    #[must_use]
    pub fn with_max_lifetime(mut self, max_lifetime: SignedDuration) -> Self {
        self.max_lifetime = max_lifetime.as_secs();
        self
    }

    /// The longest time since `iat` to accept, in whole seconds, whatever `exp` says; `iat` is then
    /// required. For a service that wants fresher tokens than the issuer makes.
    #[must_use]
    pub fn with_max_age(mut self, max_age: SignedDuration) -> Self {
        self.max_age = Some(max_age.as_secs());
        self
    }

    /// The issuer whose tokens are accepted.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The audience tokens must be meant for.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// How far the clocks may differ.
    pub fn leeway(&self) -> SignedDuration {
        SignedDuration::from_secs(self.leeway)
    }

    /// The longest lifetime of a token.
    pub fn max_lifetime(&self) -> SignedDuration {
        SignedDuration::from_secs(self.max_lifetime)
    }

    /// The longest time since `iat`, where one is set.
    pub fn max_age(&self) -> Option<SignedDuration> {
        self.max_age.map(SignedDuration::from_secs)
    }

    /// Verifies a token in compact form (RFC 7515 §5.2, RFC 7519 §7.2): form, header, key, signature,
    /// and only then the claims, in the order issuer, audience, time, subject.
    ///
    /// Costs at most one signature check and no IO. The payload is not decoded before its signature is
    /// known to be good.
    pub fn verify(&self, token: &str, keys: &KeySet, now: Timestamp) -> Result<Claims, TokenError> {
        let compact = Compact::split(token)?;
        let key = keys.key_of(&compact)?;
        compact.check_signature(key)?;

        let payload = compact.payload()?;
        let registered = {
            let members = json::object(&payload)
                .map_err(|json::NotStrictJson| TokenError::NotStrictJson { part: Part::Payload })?;
            let known = KnownClaims::of(&members);
            check_issuer(known.iss, &self.issuer)?;
            check_audience(known.aud, &self.audience)?;
            let lifetime = Lifetime::read(&known)?;
            self.check_lifetime(&lifetime, now)?;
            Registered::read(&payload, &known, &lifetime)?
        };
        Ok(Claims::new(payload, registered))
    }

    pub(crate) fn check_lifetime(
        &self,
        lifetime: &Lifetime,
        now: Timestamp,
    ) -> Result<(), TokenError> {
        lifetime.check(now, self.leeway, self.max_lifetime)?;
        self.max_age.map_or(Ok(()), |max_age| lifetime.check_age(now, self.leeway, max_age))
    }
}
