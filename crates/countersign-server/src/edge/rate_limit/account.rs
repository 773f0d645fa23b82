//! How often sign-ins may fail for one account, from wherever they come: many addresses that guess at one
//! password are one attacker.
//!
//! Names that nobody has are counted like others, and when there were too many, the answer and its time
//! are those of a wrong password: nothing tells who has an account, or that it is guessed at. A sign-in
//! that succeeds begins the count anew; so does time. Whoever is signed in on the same browser is not
//! counted: the user is not locked out by somebody else.

use aws_lc_rs::digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_kv::Decision;

use crate::{Auth, cookies::RequestCookies, session::find_by_token, wire::ApiError};

/// A sign-in that is about to be tried.
pub(crate) struct Attempt {
    key: Option<String>,
    is_allowed: bool,
}

impl Attempt {
    /// Counts a sign-in for this e-mail address, before its password is looked at.
    pub(crate) async fn begin(
        auth: &Auth,
        request: &RequestCookies,
        email: &str,
    ) -> Result<Self, ApiError> {
        let limit =
            auth.rate_limiter().and_then(|limiter| Some((limiter, limiter.settings.account?)));
        let Some((limiter, limit)) = limit else {
            return Ok(Self { key: None, is_allowed: true });
        };
        let email = email.to_lowercase();
        if is_signed_in_as(auth, request, &email).await? {
            return Ok(Self { key: None, is_allowed: true });
        }
        let hash = digest::digest(&digest::SHA256, email.as_bytes());
        let key = format!("account|{}", Base64UrlUnpadded::encode_string(hash.as_ref()));
        let decision = limiter.accounts.take(auth, &key, limit).await?;
        if decision != Decision::Allowed {
            tracing::warn!("too many sign-ins failed for one account; another one is refused");
        }
        Ok(Self { key: Some(key), is_allowed: decision == Decision::Allowed })
    }

    /// Whether a right password signs in.
    pub(crate) fn is_allowed(&self) -> bool {
        self.is_allowed
    }

    /// The password was right.
    pub(crate) async fn succeeded(self, auth: &Auth) -> Result<(), ApiError> {
        match (auth.rate_limiter(), self.key) {
            (Some(limiter), Some(key)) => limiter.accounts.forget(&key).await,
            _ => Ok(()),
        }
    }
}

async fn is_signed_in_as(
    auth: &Auth,
    request: &RequestCookies,
    email: &str,
) -> Result<bool, ApiError> {
    let name = &auth.cookie_names().session_token;
    let Some(token) = request.signed(name, auth.cookie_signer()) else { return Ok(false) };
    let found = find_by_token(auth, &token).await?;
    let now = auth.now();
    Ok(found.is_some_and(|(session, user)| session.expires_at > now && user.email == email))
}
