//! The providers that are known by name, as data.

use crate::settings::social::ProviderKind;

/// What is special about a provider.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Definition {
    /// What is asked for unless the settings say otherwise.
    pub(super) scopes: &'static [&'static str],
    /// Whether the scopes of a request come before those of the settings.
    pub(super) requested_scopes_first: bool,
    /// `{tenant}` stands for Microsoft's.
    pub(super) authorization: &'static str,
    pub(super) token: &'static str,
    pub(super) userinfo: Option<&'static str>,
    pub(super) emails: Option<&'static str>,
    pub(super) jwks: Option<&'static str>,
    /// Who may have issued an ID token; empty where that depends on the tenant or the metadata.
    pub(super) issuers: &'static [&'static str],
    pub(super) pkce: bool,
    pub(super) takes_login_hint: bool,
    pub(super) takes_prompt: bool,
    pub(super) usual_prompt: Option<&'static str>,
    pub(super) response_type: &'static str,
    pub(super) response_mode: Option<&'static str>,
    pub(super) extras: &'static [(&'static str, &'static str)],
    /// Whether the scopes are named again when tokens are refreshed.
    pub(super) scopes_at_refresh: bool,
}

const PLAIN: Definition = Definition {
    scopes: &[],
    requested_scopes_first: false,
    authorization: "",
    token: "",
    userinfo: None,
    emails: None,
    jwks: None,
    issuers: &[],
    pkce: true,
    takes_login_hint: true,
    takes_prompt: true,
    usual_prompt: None,
    response_type: "code",
    response_mode: None,
    extras: &[],
    scopes_at_refresh: false,
};

static APPLE: Definition = Definition {
    scopes: &["email", "name"],
    authorization: "https://appleid.apple.com/auth/authorize",
    token: "https://appleid.apple.com/auth/token",
    jwks: Some("https://appleid.apple.com/auth/keys"),
    issuers: &["https://appleid.apple.com"],
    takes_login_hint: false,
    takes_prompt: false,
    response_type: "code id_token",
    response_mode: Some("form_post"),
    ..PLAIN
};

static DISCORD: Definition = Definition {
    scopes: &["identify", "email"],
    requested_scopes_first: true,
    authorization: "https://discord.com/api/oauth2/authorize",
    token: "https://discord.com/api/oauth2/token",
    userinfo: Some("https://discord.com/api/users/@me"),
    pkce: false,
    takes_login_hint: false,
    usual_prompt: Some("none"),
    ..PLAIN
};

static GITHUB: Definition = Definition {
    scopes: &["read:user", "user:email"],
    authorization: "https://github.com/login/oauth/authorize",
    token: "https://github.com/login/oauth/access_token",
    userinfo: Some("https://api.github.com/user"),
    emails: Some("https://api.github.com/user/emails"),
    ..PLAIN
};

static GOOGLE: Definition = Definition {
    scopes: &["email", "profile", "openid"],
    authorization: "https://accounts.google.com/o/oauth2/v2/auth",
    token: "https://oauth2.googleapis.com/token",
    jwks: Some("https://www.googleapis.com/oauth2/v3/certs"),
    issuers: &["https://accounts.google.com", "accounts.google.com"],
    extras: &[("include_granted_scopes", "true")],
    ..PLAIN
};

static MICROSOFT: Definition = Definition {
    scopes: &["openid", "profile", "email", "User.Read", "offline_access"],
    authorization: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    token: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    jwks: Some("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys"),
    scopes_at_refresh: true,
    ..PLAIN
};

static GENERIC: Definition = Definition { requested_scopes_first: true, ..PLAIN };

pub(super) fn definition(kind: ProviderKind) -> &'static Definition {
    match kind {
        ProviderKind::Apple => &APPLE,
        ProviderKind::Discord => &DISCORD,
        ProviderKind::GitHub => &GITHUB,
        ProviderKind::Google => &GOOGLE,
        ProviderKind::Microsoft => &MICROSOFT,
        ProviderKind::Generic => &GENERIC,
    }
}
