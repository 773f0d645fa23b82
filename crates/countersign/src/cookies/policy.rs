//! Which cookies a guard accepts, and from which pages.

use std::sync::Arc;

use countersign_cookies::{CookieNames, CookieSigner, SecretError, SessionDataReader, Strategy};
use countersign_jwt::check_secret;
use zeroize::Zeroizing;

use super::{
    Cookies,
    origins::TrustedOrigins,
    sessions::{LookUp, Sessions},
};
use crate::policy::Policy;

/// Which cookies a guard accepts: those of its first issuer, whose default scopes they have.
///
/// The names are Better Auth's: `better-auth.session_token` and `better-auth.session_data`, and with
/// `__Secure-` before them unless the issuer's name starts with `http://`. There is exactly one name for
/// each cookie; others are not looked at.
///
/// The longest lifetime of `session_data` and the leeway for clocks are those of the issuer's [`Policy`].
pub struct CookiePolicy {
    secret: Zeroizing<String>,
    former_secrets: Vec<Zeroizing<String>>,
    origins: TrustedOrigins,
    names: Option<CookieNames>,
    strategy: Option<Strategy>,
    version: Option<String>,
    sessions: Option<Arc<dyn LookUp>>,
}

/// Why a policy for cookies makes no sense.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CookiePolicyError {
    /// The secret is no key.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A trusted origin is more or less than scheme, host and port, or has a wildcard.
    #[error("{origin} is not an origin, as in https://app.example or http://localhost:3000")]
    Origin {
        /// The text.
        origin: String,
    },
    /// Neither kind of cookie is accepted.
    #[error("cookies are accepted, but none: call CookiePolicy::session_data or ::sessions")]
    NoCookie,
}

impl CookiePolicyError {
    /// A stable word for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Secret(_) => "cookie_secret",
            Self::Origin { .. } => "cookie_origin",
            Self::NoCookie => "no_cookie",
        }
    }
}

impl CookiePolicy {
    /// Cookies signed with `secret`, Better Auth's `BETTER_AUTH_SECRET`, of at least 32 characters.
    ///
    /// `trusted_origins` are the pages whose browsers may change something. Each is compared as a whole,
    /// and there are no wildcards. Without any, only pages of the service's own origin may.
    pub fn new(
        secret: &str,
        trusted_origins: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, CookiePolicyError> {
        check_secret(secret).map_err(SecretError::from)?;
        Ok(Self {
            secret: Zeroizing::new(secret.to_owned()),
            former_secrets: Vec::new(),
            origins: TrustedOrigins::parse(trusted_origins)?,
            names: None,
            strategy: None,
            version: None,
            sessions: None,
        })
    }

    /// Accepts `session_data`, written with this strategy (Better Auth's
    /// `session.cookieCache.strategy`). It stays good until its own end, whatever happens to its session
    /// meanwhile: five minutes unless the auth server says otherwise. Revocations end it at once.
    #[must_use]
    pub fn session_data(mut self, strategy: Strategy) -> Self {
        self.strategy = Some(strategy);
        self
    }

    /// Refuses `session_data` of any other version (Better Auth's `session.cookieCache.version`).
    #[must_use]
    pub fn session_data_version(mut self, version: &str) -> Self {
        self.version = Some(version.to_owned());
        self
    }

    /// Also decrypts `session_data` with a secret that was replaced, as Better Auth does with those of
    /// `BETTER_AUTH_SECRETS`. Signatures have no such grace, there as here.
    pub fn former_secret(mut self, secret: &str) -> Result<Self, CookiePolicyError> {
        check_secret(secret).map_err(SecretError::from)?;
        self.former_secrets.push(Zeroizing::new(secret.to_owned()));
        Ok(self)
    }

    /// Accepts `session_token` and looks its session up.
    #[must_use]
    pub fn sessions(mut self, sessions: impl Sessions) -> Self {
        self.sessions = Some(Arc::new(sessions));
        self
    }

    /// Other names: Better Auth's `advanced.cookiePrefix`, and whether browsers reach the auth server
    /// over https.
    #[must_use]
    pub fn names(mut self, prefix: &str, secure: bool) -> Self {
        self.names = Some(CookieNames::new(prefix, secure));
        self
    }

    pub(crate) fn open(self, policy: &Policy) -> Result<Cookies, CookiePolicyError> {
        let verifier = policy.verifier();
        let session_data = match self.strategy {
            None => None,
            Some(strategy) => {
                let mut reader = SessionDataReader::new(strategy, &self.secret)?
                    .with_leeway(verifier.leeway())
                    .with_max_lifetime(verifier.max_lifetime());
                for secret in &self.former_secrets {
                    reader = reader.with_former_secret(secret)?;
                }
                Some(match &self.version {
                    None => reader,
                    Some(version) => reader.with_version(version),
                })
            }
        };
        if session_data.is_none() && self.sessions.is_none() {
            return Err(CookiePolicyError::NoCookie);
        }
        let secure = !verifier.issuer().starts_with("http://");
        Ok(Cookies {
            names: self.names.unwrap_or_else(|| CookieNames::usual(secure)),
            signer: CookieSigner::new(self.secret.as_bytes()),
            session_data,
            sessions: self.sessions,
            origins: self.origins,
        })
    }
}
