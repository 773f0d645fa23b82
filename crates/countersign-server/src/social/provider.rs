//! A provider with everything that is known of it: settings, what is special about its kind, addresses.

use countersign_jwt::Algorithm;
use url::Url;

use super::{
    catalogue::{Definition, definition},
    keys::Keys,
};
use crate::settings::{
    ProviderSettings,
    social::{ProviderKind, SignUp},
};

/// A provider that can be asked.
pub(crate) struct Provider {
    pub(super) settings: ProviderSettings,
    pub(super) definition: &'static Definition,
    pub(super) addresses: Addresses,
    pub(super) keys: Keys,
}

/// Where the provider is, and what its metadata says of it.
#[derive(Clone)]
pub(super) struct Addresses {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) emails: Option<Url>,
    pub(super) jwks: Option<Url>,
    /// Who it is, by its metadata.
    pub(super) issuer: Option<String>,
    /// Whether callbacks have to say who issued them (RFC 9207).
    pub(super) names_itself: bool,
    /// What its ID tokens are signed with; empty where there are none.
    pub(super) algorithms: Vec<Algorithm>,
}

impl Provider {
    pub(super) fn new(settings: ProviderSettings, addresses: Addresses) -> Self {
        let definition = definition(settings.kind);
        Self { settings, definition, addresses, keys: Keys::default() }
    }

    /// A provider whose addresses are known; `None` where its metadata has to be read first.
    pub(super) fn from_settings(settings: &ProviderSettings) -> Option<Self> {
        let definition = definition(settings.kind);
        let usual = |address: &str| Url::parse(&address.replace("{tenant}", &settings.tenant)).ok();
        let either = |set: &Option<Url>, address: Option<&str>| {
            set.clone().or_else(|| address.and_then(usual))
        };
        if settings.discovery_url.is_some() && settings.kind == ProviderKind::Generic {
            return None;
        }
        let is_known = settings.kind != ProviderKind::Generic;
        let addresses = Addresses {
            authorization: either(&settings.authorization_url, Some(definition.authorization))?,
            token: either(&settings.token_url, Some(definition.token))?,
            userinfo: either(&settings.userinfo_url, definition.userinfo),
            emails: either(&settings.emails_url, definition.emails),
            jwks: either(&settings.jwks_url, definition.jwks).filter(|_| is_known),
            issuer: None,
            names_itself: false,
            algorithms: vec![Algorithm::Rs256],
        };
        Some(Self::new(settings.clone(), addresses))
    }

    pub(crate) fn id(&self) -> &str {
        &self.settings.id
    }

    /// What the provider calls this server.
    pub(super) fn client_id(&self) -> &str {
        self.settings.client_ids.first().map_or("", String::as_str)
    }

    /// Whether somebody can sign in with an ID token that the provider gave to the browser.
    pub(crate) fn takes_id_tokens(&self) -> bool {
        self.addresses.jwks.is_some()
    }

    /// Whether its ID tokens have to hold the nonce of the flow.
    pub(crate) fn binds_nonce(&self) -> bool {
        self.settings.kind == ProviderKind::Generic && self.takes_id_tokens()
    }

    /// Whether somebody new may come in.
    pub(crate) fn lets_in(&self, asked_for: bool) -> bool {
        match self.settings.sign_up {
            SignUp::Always => true,
            SignUp::Requested => asked_for,
            SignUp::Never => false,
        }
    }

    /// Whether a callback names somebody else as its issuer, or nobody where it has to (RFC 9207 §2.4).
    pub(crate) fn wrong_issuer(&self, named: Option<&str>) -> Option<&'static str> {
        let issuer = self.addresses.issuer.as_deref();
        match (named.filter(|named| !named.is_empty()), issuer) {
            (Some(named), Some(issuer)) if named != issuer => Some("issuer_mismatch"),
            (None, Some(_)) if self.addresses.names_itself => Some("issuer_missing"),
            _ => None,
        }
    }
}
