//! How this server's cookies are called, and the attributes that all of them have. `state` is never `Strict`:
//! no sign-in at a provider would come back.

use std::{fmt::Write, ops::Deref};

use crate::settings::{CookieSettings, SameSite};

/// Derefs to [`countersign_cookies::CookieNames`].
pub(crate) struct CookieNames {
    names: countersign_cookies::CookieNames,
    /// As they stand behind `Max-Age`: `; Domain=…; Path=/; HttpOnly; Secure; SameSite=Lax`.
    attributes: String,
    /// Those of the cookie `state`.
    state_attributes: String,
}

impl CookieNames {
    pub(crate) fn new(settings: &CookieSettings) -> Self {
        let mut attributes = String::new();
        if let Some(domain) = &settings.domain {
            let _ = write!(attributes, "; Domain={domain}");
        }
        attributes.push_str("; Path=/; HttpOnly");
        if settings.names.secure() {
            attributes.push_str("; Secure");
        }
        let with = |same_site: SameSite| format!("{attributes}; SameSite={}", same_site.as_str());
        // It comes back with a navigation that began at the provider, which is another site.
        let of_state = match settings.same_site {
            SameSite::Strict => SameSite::Lax,
            other => other,
        };
        let state_attributes = with(of_state);
        Self {
            names: settings.names.clone(),
            attributes: with(settings.same_site),
            state_attributes,
        }
    }

    pub(super) fn attributes(&self, name: &str) -> &str {
        if name == self.names.state { &self.state_attributes } else { &self.attributes }
    }

    /// Those of a cookie that goes to one path of this host, and never because of another site.
    pub(super) fn strict_attributes(&self, path: &str) -> String {
        let secure = if self.names.secure() { "; Secure" } else { "" };
        format!("; Path={path}; HttpOnly{secure}; SameSite=Strict")
    }
}

impl Deref for CookieNames {
    type Target = countersign_cookies::CookieNames;

    fn deref(&self) -> &Self::Target {
        &self.names
    }
}
