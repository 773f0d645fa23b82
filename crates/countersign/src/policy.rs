//! Whose tokens are accepted, and for whom they must be meant.

use std::sync::Arc;

use countersign_jwt::{Claims, MAX_LEEWAY, Verifier};
use jiff::{SignedDuration, Timestamp};

/// What a guard demands of a token. Issuer and audience are not options: without them every token of
/// every issuer that shares a key would do.
#[derive(Clone, Debug)]
pub struct Policy {
    verifier: Verifier,
    requires_token_id: bool,
    default_scopes: Arc<[String]>,
}

/// Why a policy makes no sense.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The issuer is empty or has a space or a control character.
    #[error("the issuer must be a text without spaces, as in the claim iss")]
    Issuer,
    /// The audience is empty or has a space or a control character.
    #[error("the audience must be a text without spaces, as in the claim aud")]
    Audience,
    /// The leeway is not between zero and two minutes.
    #[error("the leeway must be between 0 and 120 seconds")]
    Leeway,
    /// The lifetime is not at least one second.
    #[error("the maximum lifetime must be at least one second")]
    Lifetime,
    /// The age is not at least one second.
    #[error("the maximum age must be at least one second")]
    Age,
}

impl PolicyError {
    /// A stable word for logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Leeway => "leeway",
            Self::Lifetime => "lifetime",
            Self::Age => "age",
        }
    }
}

impl Policy {
    /// Tokens of `issuer` (claim `iss`, RFC 7519 §4.1.1) meant for `audience` (claim `aud`, §4.1.3),
    /// both compared byte by byte. Better Auth puts the origin of its base URL into both, as in
    /// `http://localhost:3000`, without `/api/auth` and without a final slash.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
    ) -> Result<Self, PolicyError> {
        let (issuer, audience) = (issuer.into(), audience.into());
        if !is_name(&issuer) {
            return Err(PolicyError::Issuer);
        }
        if !is_name(&audience) {
            return Err(PolicyError::Audience);
        }
        let verifier = Verifier::new(issuer, audience);
        Ok(Self { verifier, requires_token_id: false, default_scopes: Arc::new([]) })
    }

    /// Scopes, divided by spaces, of a token that has no claim `scope` at all. Meant for an unmodified
    /// Better Auth, which writes none. A token whose `scope` is there but empty, or not a text, gets
    /// nothing. Without this call the default is nothing, too.
    #[must_use]
    pub fn with_default_scopes(mut self, scopes: &str) -> Self {
        self.default_scopes = scopes.split_ascii_whitespace().map(str::to_owned).collect();
        self
    }

    /// How far the clocks of issuer and service may differ: 0 to 120 seconds, 30 unless set.
    pub fn with_leeway(mut self, leeway: SignedDuration) -> Result<Self, PolicyError> {
        if !(SignedDuration::ZERO..=MAX_LEEWAY).contains(&leeway) {
            return Err(PolicyError::Leeway);
        }
        self.verifier = self.verifier.with_leeway(leeway);
        Ok(self)
    }

    /// The longest time between `iat` and `exp`: 24 hours unless set.
    pub fn with_max_lifetime(mut self, lifetime: SignedDuration) -> Result<Self, PolicyError> {
        if lifetime < SignedDuration::from_secs(1) {
            return Err(PolicyError::Lifetime);
        }
        self.verifier = self.verifier.with_max_lifetime(lifetime);
        Ok(self)
    }

    /// The longest time since `iat`, whatever `exp` says; tokens without `iat` are then refused. For a
    /// service that wants fresher tokens than the issuer makes. Not limited unless set.
    pub fn with_max_age(mut self, age: SignedDuration) -> Result<Self, PolicyError> {
        if age < SignedDuration::from_secs(1) {
            return Err(PolicyError::Age);
        }
        self.verifier = self.verifier.with_max_age(age);
        Ok(self)
    }

    /// Refuses tokens without a `jti`, so that each can be revoked by its own name. An unmodified Better
    /// Auth writes none; its tokens end with their session's user or by their hash.
    #[must_use]
    pub fn requiring_token_id(mut self) -> Self {
        self.requires_token_id = true;
        self
    }

    pub(crate) fn requires_token_id(&self) -> bool {
        self.requires_token_id
    }

    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// From when on the verifier refuses a token that it took: it has expired or is too old, leeway
    /// included.
    pub(crate) fn ends_at(&self, claims: &Claims) -> Timestamp {
        let old_at = || {
            let (issued_at, max_age) = (claims.issued_at()?, self.verifier.max_age()?);
            issued_at.saturating_add(max_age).ok()
        };
        let expires_at = claims.expires_at();
        let end = old_at().map_or(expires_at, |old_at| old_at.min(expires_at));
        end.saturating_add(self.verifier.leeway()).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn default_scopes(&self) -> &Arc<[String]> {
        &self.default_scopes
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
