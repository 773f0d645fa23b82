//! Who else may say who somebody is: identity providers, a section each.
//!
//! A provider is configured by a table `[social.ID]` of the file, or by variables
//! `COUNTERSIGN_SOCIAL__ID__KEY`. `google`, `github`, `microsoft`, `apple` and `discord` are known; any
//! other id is a provider of OpenID Connect or OAuth 2.0 whose addresses are settings. [`KEYS`] lists
//! what can be set.

use std::{collections::BTreeMap, fs, path::PathBuf, str::FromStr, sync::Arc};

use countersign_jwt::{Algorithm, SigningKey};
use url::{Host, Url};

use super::SettingsError;
use crate::secret::Secret;

/// Settings of one provider, by name, with what each is for.
pub const KEYS: &[(&str, &str)] = &[
    (
        "client_id",
        "what the provider calls this server; further ones, comma-separated, are accepted in id tokens",
    ),
    ("client_secret", "proves to the provider that it is this server"),
    ("client_secret_file", "a file that holds the secret, instead of client_secret"),
    ("scopes", "what to ask for besides the provider's usual scopes, comma-separated"),
    ("default_scopes", "whether to ask for the provider's usual scopes; default true"),
    ("discovery_url", "where the provider's metadata is (OpenID Connect Discovery)"),
    ("authorization_url", "where browsers are sent"),
    ("token_url", "where codes become tokens"),
    ("userinfo_url", "where the user's profile is"),
    ("emails_url", "where the user's addresses are (github)"),
    ("jwks_url", "where the keys of id tokens are"),
    ("sign_up", "always, requested (only with requestSignUp) or never; default always"),
    ("trusted", "link to users with the same address also when the provider has not verified it"),
    ("override_user_info", "take name, image and address from the provider at every sign-in"),
    ("require_verified_email", "no session before the address is verified"),
    ("prompt", "the parameter prompt of the authorization request"),
    ("access_type", "the parameter access_type (google, generic): offline for refresh tokens"),
    ("hosted_domain", "the Google Workspace domain users have to be of; * is any (google)"),
    ("tenant", "common, organizations, consumers or a tenant's id (microsoft)"),
    ("pkce", "whether to use PKCE (generic); default true"),
    ("token_auth", "post or basic: how the secret is sent (generic); default post"),
    ("team_id", "with key_id and private_key_file: signs the client secret (apple)"),
    ("key_id", "the name of the private key (apple)"),
    ("private_key_file", "the private key, PEM (apple)"),
];

/// Which provider it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderKind {
    /// Sign in with Apple.
    Apple,
    /// Discord.
    Discord,
    /// GitHub.
    GitHub,
    /// Google.
    Google,
    /// Microsoft Entra ID.
    Microsoft,
    /// Any other, by its addresses.
    Generic,
}

/// Who may sign up with a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignUp {
    /// Whoever signs in.
    Always,
    /// Who asks for it.
    Requested,
    /// Nobody.
    Never,
}

/// What signs Apple's client secret.
pub struct AppleKey {
    pub(crate) team_id: String,
    pub(crate) key: SigningKey,
}

/// An identity provider.
#[derive(Clone)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct ProviderSettings {
    /// Its name in requests and in the callback's path.
    pub id: String,
    /// Which it is.
    pub kind: ProviderKind,
    /// What it calls this server; the first is sent.
    pub client_ids: Vec<String>,
    /// What this server proves itself with.
    pub client_secret: Option<Secret>,
    /// What Apple's client secret is signed with.
    pub apple_key: Option<Arc<AppleKey>>,
    /// Scopes besides the usual ones.
    pub scopes: Vec<String>,
    /// Whether the usual scopes are asked for.
    pub default_scopes: bool,
    /// Its metadata.
    pub discovery_url: Option<Url>,
    /// Where browsers are sent, when it is not the usual place.
    pub authorization_url: Option<Url>,
    /// Where codes become tokens.
    pub token_url: Option<Url>,
    /// Where the profile is.
    pub userinfo_url: Option<Url>,
    /// Where further addresses are.
    pub emails_url: Option<Url>,
    /// Where the keys of id tokens are.
    pub jwks_url: Option<Url>,
    /// Who may sign up.
    pub sign_up: SignUp,
    /// Whether its word on an address counts also when it has not verified it.
    pub trusted: bool,
    /// Whether every sign-in overwrites the user's name, image and address.
    pub override_user_info: bool,
    /// Whether there is no session before the address is verified.
    pub require_verified_email: bool,
    /// The parameter `prompt`.
    pub prompt: Option<String>,
    /// The parameter `access_type`.
    pub access_type: Option<String>,
    /// Google's `hd`.
    pub hosted_domain: Option<String>,
    /// Microsoft's tenant.
    pub tenant: String,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// Whether the secret is sent as Basic credentials.
    pub basic_auth: bool,
}

/// The settings of all providers: texts by id and key, checked for unknown keys.
pub(super) type Sections = BTreeMap<String, BTreeMap<&'static str, String>>;

/// Keeps a setting, or says that there is none of that name.
pub(super) fn keep(sections: &mut Sections, id: &str, key: &str, text: String) -> bool {
    let Some((known, _)) = KEYS.iter().find(|(known, _)| *known == key) else { return false };
    sections.entry(id.to_owned()).or_default().insert(known, text);
    true
}

/// From texts to providers, in the order of their ids.
pub(super) fn providers(sections: &Sections) -> Result<Vec<ProviderSettings>, SettingsError> {
    sections.iter().map(|(id, values)| Section { id, values }.provider()).collect()
}

/// The texts of one provider.
struct Section<'a> {
    id: &'a str,
    values: &'a BTreeMap<&'static str, String>,
}

impl Section<'_> {
    fn provider(&self) -> Result<ProviderSettings, SettingsError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if self.id.is_empty() || self.id == "credential" || !self.id.chars().all(is_plain) {
            return Err(self.invalid("*", "an id of lower-case letters, digits, - and _"));
        }
        let kind = match self.id {
            "apple" => ProviderKind::Apple,
            "discord" => ProviderKind::Discord,
            "github" => ProviderKind::GitHub,
            "google" => ProviderKind::Google,
            "microsoft" => ProviderKind::Microsoft,
            _ => ProviderKind::Generic,
        };
        let provider = ProviderSettings {
            id: self.id.to_owned(),
            kind,
            client_ids: self.list("client_id"),
            client_secret: self.client_secret()?,
            apple_key: self.apple_key()?.map(Arc::new),
            scopes: self.list("scopes"),
            default_scopes: self.boolean("default_scopes", true)?,
            discovery_url: self.url("discovery_url")?,
            authorization_url: self.url("authorization_url")?,
            token_url: self.url("token_url")?,
            userinfo_url: self.url("userinfo_url")?,
            emails_url: self.url("emails_url")?,
            jwks_url: self.url("jwks_url")?,
            sign_up: match self.text("sign_up") {
                None | Some("always") => SignUp::Always,
                Some("requested") => SignUp::Requested,
                Some("never") => SignUp::Never,
                Some(_) => return Err(self.invalid("sign_up", "always, requested or never")),
            },
            trusted: self.boolean("trusted", false)?,
            override_user_info: self.boolean("override_user_info", false)?,
            require_verified_email: self.boolean("require_verified_email", false)?,
            prompt: self.text("prompt").map(str::to_owned),
            access_type: self.text("access_type").map(str::to_owned),
            hosted_domain: self.text("hosted_domain").map(str::to_owned),
            tenant: self.tenant()?,
            pkce: self.boolean("pkce", true)?,
            basic_auth: match self.text("token_auth") {
                None | Some("post") => false,
                Some("basic") => true,
                Some(_) => return Err(self.invalid("token_auth", "post or basic")),
            },
        };
        self.check(&provider)?;
        Ok(provider)
    }

    /// What belongs together is there together.
    fn check(&self, provider: &ProviderSettings) -> Result<(), SettingsError> {
        if provider.client_ids.is_empty() {
            return Err(self.invalid("client_id", "the id that the provider gave this server"));
        }
        let has_secret = provider.client_secret.is_some() || provider.apple_key.is_some();
        let may_be_public =
            matches!(provider.kind, ProviderKind::Microsoft | ProviderKind::Generic);
        if !has_secret && (!may_be_public || provider.basic_auth) {
            return Err(
                self.invalid("client_secret", "the secret that the provider gave this server")
            );
        }
        if provider.client_secret.is_some() && provider.apple_key.is_some() {
            return Err(self.invalid("client_secret", "either a secret or a private key, not both"));
        }
        let has_addresses = provider.authorization_url.is_some() && provider.token_url.is_some();
        if provider.kind == ProviderKind::Generic && provider.discovery_url.is_none() {
            if !has_addresses {
                let expected = "an address, or else authorization_url and token_url";
                return Err(self.invalid("discovery_url", expected));
            }
            if provider.userinfo_url.is_none() {
                return Err(self.invalid("userinfo_url", "where the user's profile is"));
            }
        }
        Ok(())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn list(&self, key: &str) -> Vec<String> {
        let items = self.text(key).unwrap_or_default().split(',').map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    fn boolean(&self, key: &str, default: bool) -> Result<bool, SettingsError> {
        let read = self.text(key).map_or(Ok(default), bool::from_str);
        read.map_err(|_| self.invalid(key, "true or false"))
    }

    fn url(&self, key: &str) -> Result<Option<Url>, SettingsError> {
        let Some(text) = self.text(key) else { return Ok(None) };
        let url = Url::parse(text).ok().filter(is_safe_address);
        url.map(Some).ok_or_else(|| {
            self.invalid(
                key,
                "an https address, or http on this machine, without user and password",
            )
        })
    }

    fn tenant(&self) -> Result<String, SettingsError> {
        let tenant = self.text("tenant").unwrap_or("common");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        if !tenant.chars().all(is_plain) {
            return Err(self.invalid("tenant", "common, organizations, consumers or a tenant's id"));
        }
        Ok(tenant.to_owned())
    }

    fn client_secret(&self) -> Result<Option<Secret>, SettingsError> {
        match (self.text("client_secret"), self.text("client_secret_file")) {
            (Some(_), Some(_)) => {
                Err(self.invalid("client_secret", "either the secret or a file with it, not both"))
            }
            (Some(secret), None) => Ok(Some(Secret::new(secret))),
            (None, Some(path)) => Ok(Some(Secret::new(read_file(path)?.trim()))),
            (None, None) => Ok(None),
        }
    }

    fn apple_key(&self) -> Result<Option<AppleKey>, SettingsError> {
        let parts = ["team_id", "key_id", "private_key_file"].map(|key| self.text(key));
        match parts {
            [None, None, None] => Ok(None),
            [Some(team_id), Some(key_id), Some(path)] => {
                let key = SigningKey::from_private_pem(Algorithm::Es256, &read_file(path)?)
                    .map_err(|_| {
                        self.invalid("private_key_file", "a private key for ES256, PEM")
                    })?;
                Ok(Some(AppleKey { team_id: team_id.to_owned(), key: key.with_kid(key_id) }))
            }
            _ => {
                Err(self
                    .invalid("private_key_file", "team_id, key_id and private_key_file together"))
            }
        }
    }

    fn invalid(&self, key: &str, expected: &'static str) -> SettingsError {
        SettingsError::Provider { id: self.id.to_owned(), key: key.to_owned(), expected }
    }
}

fn read_file(path: &str) -> Result<String, SettingsError> {
    let path = PathBuf::from(path);
    fs::read_to_string(&path).map_err(|cause| SettingsError::File { path, cause })
}

/// `https`, or `http` on this machine; no user, no password. Whoever sees these requests sees codes,
/// tokens and secrets.
pub(crate) fn is_safe_address(url: &Url) -> bool {
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(url));
    is_safe && url.username().is_empty() && url.password().is_none()
}

/// `localhost` or a loopback address; nobody else can listen in.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
