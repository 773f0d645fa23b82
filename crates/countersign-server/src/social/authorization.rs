//! The address that the browser is sent to: the authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636 §4.3),
//! its parameters in Better Auth's order.

use aws_lc_rs::digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};
use url::Url;

use super::provider::Provider;
use crate::settings::social::ProviderKind;

/// Parameters that are the server's own: a request cannot set them.
pub(crate) const RESERVED: [&str; 8] = [
    "state",
    "client_id",
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "scope",
];

/// What somebody wants of the provider.
#[derive(Default)]
pub(crate) struct Wish {
    /// Scopes besides the usual ones.
    pub(crate) scopes: Vec<String>,
    /// Who they probably are.
    pub(crate) login_hint: Option<String>,
    /// Further parameters, none of [`RESERVED`].
    pub(crate) more: Map<String, Value>,
}

/// Query parameters; a name stands there once.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn set(&mut self, name: &str, value: &str) {
        match self.0.iter().position(|(other, _)| other == name) {
            Some(place) => value.clone_into(&mut self.0[place].1),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    fn set_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.set(name, value);
        }
    }
}

impl Provider {
    /// Where to go. `verifier` is kept here and only its hash is shown.
    pub(crate) fn authorization_url(
        &self,
        state: &str,
        verifier: &str,
        nonce: Option<&str>,
        redirect_uri: &str,
        wish: &Wish,
    ) -> Url {
        let (settings, definition) = (&self.settings, self.definition);
        let mut url = self.addresses.authorization.clone();
        let mut query = Parameters(url.query_pairs().into_owned().collect());
        query.set("response_type", definition.response_type);
        query.set("client_id", self.client_id());
        query.set("state", state);
        query.set_some("scope", Some(&self.scopes(&wish.scopes).join(" ")));
        query.set("redirect_uri", redirect_uri);
        if definition.takes_login_hint {
            query.set_some("login_hint", wish.login_hint.as_deref());
        }
        query.set_some("nonce", nonce);
        if definition.takes_prompt {
            query.set_some("prompt", settings.prompt.as_deref().or(definition.usual_prompt));
        }
        if settings.kind == ProviderKind::Google {
            query.set_some("hd", settings.hosted_domain.as_deref());
        }
        if matches!(settings.kind, ProviderKind::Google | ProviderKind::Generic) {
            query.set_some("access_type", settings.access_type.as_deref());
        }
        query.set_some("response_mode", definition.response_mode);
        if self.uses_pkce() {
            query.set("code_challenge_method", "S256");
            query.set("code_challenge", &challenge(verifier));
        }
        for (name, value) in definition.extras {
            query.set(name, value);
        }
        for (name, value) in &wish.more {
            if let Some(value) = value.as_str().filter(|_| !RESERVED.contains(&name.as_str())) {
                query.set(name, value);
            }
        }
        url.query_pairs_mut().clear().extend_pairs(query.0);
        url
    }

    pub(super) fn uses_pkce(&self) -> bool {
        self.definition.pkce && self.settings.pkce
    }

    /// The scopes of a request, and those that are always asked for.
    fn scopes(&self, requested: &[String]) -> Vec<String> {
        let mut scopes = self.usual_scopes();
        let (first, second) = if self.definition.requested_scopes_first {
            (requested, &self.settings.scopes[..])
        } else {
            (&self.settings.scopes[..], requested)
        };
        scopes.extend(first.iter().chain(second).cloned());
        let speaks_openid =
            self.settings.kind == ProviderKind::Generic && !self.addresses.algorithms.is_empty();
        if speaks_openid && self.addresses.issuer.is_some() && !scopes.iter().any(|s| s == "openid")
        {
            scopes.insert(0, "openid".to_owned());
        }
        scopes
    }

    pub(super) fn usual_scopes(&self) -> Vec<String> {
        let usual = self.definition.scopes.iter().filter(|_| self.settings.default_scopes);
        usual.map(|scope| (*scope).to_owned()).collect()
    }
}

/// S256: the hash of the verifier (RFC 7636 §4.2).
fn challenge(verifier: &str) -> String {
    Base64UrlUnpadded::encode_string(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(super::challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
