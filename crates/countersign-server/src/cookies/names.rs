//! How this server's cookies are called, and the attributes that all of them have.

use std::{fmt::Write, ops::Deref};

use crate::settings::CookieSettings;

/// Derefs to [`countersign_cookies::CookieNames`].
pub(crate) struct CookieNames {
    names: countersign_cookies::CookieNames,
    /// As they stand behind `Max-Age`: `; Domain=…; Path=/; HttpOnly; Secure; SameSite=Lax`.
    attributes: String,
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
        let _ = write!(attributes, "; SameSite={}", settings.same_site.as_str());
        Self { names: settings.names.clone(), attributes }
    }

    pub(super) fn attributes(&self) -> &str {
        &self.attributes
    }
}

impl Deref for CookieNames {
    type Target = countersign_cookies::CookieNames;

    fn deref(&self) -> &Self::Target {
        &self.names
    }
}
