//! ID tokens: verified before anything in them counts (OpenID Connect Core 1.0 §3.1.3.7).
//!
//! Signature by a key of the provider and an algorithm of its own, issuer, audience, `exp`, `iat`, `sub`; the nonce
//! where one is expected. Apple, Google and Microsoft make tokens of at most an hour.

use aws_lc_rs::digest;
use countersign_jwt::{Verifier, dangerous};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::{calls::Calls, provider::Provider};
use crate::settings::social::ProviderKind;

/// The tenant of everybody's personal Microsoft account.
const MICROSOFT_CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

const MAX_AGE: SignedDuration = SignedDuration::from_hours(1);

/// How long a token may live where the provider is not known to keep it short.
const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(366 * 24);

impl Provider {
    /// What the token says, if all of it is right; the log says what is not.
    pub(crate) async fn verified_claims(
        &self,
        calls: &Calls,
        token: &str,
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Option<Map<String, Value>> {
        match self.verify(calls, token, nonce, now).await {
            Ok(claims) => Some(claims),
            Err(reason) => {
                tracing::warn!(provider = self.id(), reason, "an id token was refused");
                None
            }
        }
    }

    async fn verify(
        &self,
        calls: &Calls,
        token: &str,
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, &'static str> {
        let jwks = self.addresses.jwks.as_ref().ok_or("no_keys")?;
        // Read first, to know which of the accepted names to hold it against; verified next.
        let said = dangerous::read_without_verifying(token).map_err(|error| error.code())?;
        let algorithm = said.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        let algorithms = &self.addresses.algorithms;
        if !algorithms.is_empty() && !algorithms.iter().any(|known| known.as_str() == algorithm) {
            return Err("algorithm");
        }
        let issuer = self.issuer_of(&said.claims).ok_or("issuer")?;
        let audience = self.audience_of(&said.claims).ok_or("audience")?;
        let mut verifier = Verifier::new(issuer, audience).with_max_lifetime(MAX_LIFETIME);
        if self.settings.kind != ProviderKind::Generic {
            verifier = verifier.with_max_age(MAX_AGE);
        }
        let kid = said.header.get("kid").and_then(Value::as_str);
        let keys = self.keys.with(kid, jwks, calls, now).await.ok_or("no_keys")?;
        let claims = verifier.verify(token, &keys, now).map_err(|error| error.code())?;
        let claims = claims.as_map();
        if !claims.contains_key("iat") {
            return Err("iat");
        }
        if let Some(nonce) = nonce.filter(|nonce| !nonce.is_empty())
            && !self.has_nonce(claims, nonce)
        {
            return Err("nonce");
        }
        if !self.is_of_hosted_domain(claims) {
            return Err("hosted_domain");
        }
        Ok(claims.clone())
    }

    /// The accepted issuer that the token names.
    fn issuer_of(&self, claims: &Map<String, Value>) -> Option<String> {
        let named = claims.get("iss")?.as_str()?;
        let accepted = match self.settings.kind {
            ProviderKind::Microsoft => {
                self.microsoft_issuer(claims).is_some_and(|iss| iss == named)
            }
            ProviderKind::Generic => self.addresses.issuer.as_deref() == Some(named),
            _ => self.definition.issuers.contains(&named),
        };
        accepted.then(|| named.to_owned())
    }

    /// Every tenant is an issuer of its own; which ones count is a setting.
    fn microsoft_issuer(&self, claims: &Map<String, Value>) -> Option<String> {
        let tenant = claims.get("tid")?.as_str()?;
        let is_consumer = tenant == MICROSOFT_CONSUMERS;
        let counts = match self.settings.tenant.as_str() {
            "common" => true,
            "organizations" => !is_consumer,
            "consumers" => is_consumer,
            only => only == tenant,
        };
        counts.then(|| format!("https://login.microsoftonline.com/{tenant}/v2.0"))
    }

    /// Ours among those that the token is for.
    fn audience_of(&self, claims: &Map<String, Value>) -> Option<&str> {
        let is_named = |ours: &&String| match claims.get("aud") {
            Some(Value::String(only)) => only == *ours,
            Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(*ours)),
            _ => false,
        };
        self.settings.client_ids.iter().find(is_named).map(String::as_str)
    }

    /// Applications for Apple's devices give Apple the nonce's hash.
    fn has_nonce(&self, claims: &Map<String, Value>, nonce: &str) -> bool {
        let Some(said) = claims.get("nonce").and_then(Value::as_str) else { return false };
        let hashed = || hex::encode(digest::digest(&digest::SHA256, nonce.as_bytes()));
        said == nonce || self.settings.kind == ProviderKind::Apple && said == hashed()
    }

    fn is_of_hosted_domain(&self, claims: &Map<String, Value>) -> bool {
        let Some(wanted) = &self.settings.hosted_domain else { return true };
        let said = claims.get("hd").and_then(Value::as_str).filter(|said| !said.is_empty());
        self.settings.kind != ProviderKind::Google
            || said.is_some_and(|said| wanted == "*" || said == wanted)
    }
}
