//! Settings of cookies: names, attributes, and the cookie that remembers sessions.

use std::{collections::HashSet, net::IpAddr};

use countersign_cookies::{CookieNames, Strategy};
use jiff::SignedDuration;

use super::{BaseUrl, SettingsError, reader::Reader};

/// How cookies are called, and who may see them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CookieSettings {
    /// The names; behind https they start with `__Secure-`, and cookies are `Secure`.
    pub names: CookieNames,
    /// The attribute `Domain`: pages of all its hosts share the cookies.
    pub domain: Option<String>,
    /// The attribute `SameSite`; `Lax` for the cookie `state` where this is `Strict`.
    pub same_site: SameSite,
}

/// From which pages a browser sends cookies along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SameSite {
    /// Those of the same site, and links to it.
    Lax,
    /// Those of the same site.
    Strict,
    /// All; cookies are `Secure` then.
    None,
}

impl SameSite {
    /// As it stands in the attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
            Self::None => "None",
        }
    }
}

/// The cookie `session_data`: session and user as they were minutes ago.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CookieCacheSettings {
    /// How it is written.
    pub strategy: Strategy,
    /// For how long it is believed.
    pub max_age: SignedDuration,
    /// Cookies of another version are not believed.
    pub version: String,
}

impl CookieSettings {
    pub(super) fn read(
        reader: &Reader<'_>,
        base_url: &BaseUrl,
        development: bool,
    ) -> Result<Self, SettingsError> {
        let secure = match reader.text("cookies.secure") {
            None => base_url.is_secure(),
            Some(_) => reader.boolean("cookies.secure")?,
        };
        if base_url.is_secure() && !secure && !development {
            return Err(SettingsError::Unsafe {
                key: "cookies.secure",
                why: "the base URL is https, and cookies that are not Secure are also sent without \
                      TLS, where everybody on the way reads them; leave it unset",
            });
        }
        let same_site = match reader.required("cookies.same_site") {
            "lax" => SameSite::Lax,
            "strict" => SameSite::Strict,
            "none" => SameSite::None,
            _ => return Err(SettingsError::invalid("cookies.same_site", "lax, strict or none")),
        };
        if same_site == SameSite::None && !secure {
            return Err(SettingsError::Unsafe {
                key: "cookies.same_site",
                why: "browsers take SameSite=None only with Secure; serve over https, or use lax",
            });
        }
        Ok(Self { names: names(reader, secure)?, domain: domain(reader, base_url)?, same_site })
    }
}

impl CookieCacheSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Option<Self>, SettingsError> {
        let strategy = match reader.required("session.cookie_cache") {
            "off" => return Ok(None),
            "compact" => Strategy::Compact,
            "jwt" => Strategy::Jwt,
            "jwe" => Strategy::Jwe,
            _ => {
                return Err(SettingsError::invalid(
                    "session.cookie_cache",
                    "off, compact, jwt or jwe",
                ));
            }
        };
        let max_age = reader.span("session.cookie_cache_max_age")?;
        if max_age <= SignedDuration::ZERO || max_age > SignedDuration::from_hours(24) {
            return Err(SettingsError::Unsafe {
                key: "session.cookie_cache_max_age",
                why: "a session that was ended is still believed for so long; \
                      it has to be from one second to a day",
            });
        }
        let version = reader.required("session.cookie_cache_version").to_owned();
        Ok(Some(Self { strategy, max_age, version }))
    }
}

fn names(reader: &Reader<'_>, secure: bool) -> Result<CookieNames, SettingsError> {
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let keys = [
        "cookies.prefix",
        "cookies.session_token",
        "cookies.session_data",
        "cookies.dont_remember",
    ];
    for key in keys {
        if !reader.text(key).is_none_or(is_name) {
            return Err(SettingsError::invalid(key, "letters, digits, - _ and ."));
        }
    }
    let prefix = reader.required("cookies.prefix");
    if prefix.is_empty() {
        return Err(SettingsError::invalid("cookies.prefix", "letters, digits, - _ and ."));
    }
    let names = CookieNames::new(prefix, secure)
        .renamed(|key| reader.text(&format!("cookies.{key}")).map(str::to_owned));
    let all = [&names.session_token, &names.session_data, &names.dont_remember, &names.state];
    if all.iter().collect::<HashSet<_>>().len() < all.len() {
        return Err(SettingsError::invalid(
            "cookies.session_token",
            "a name that no other cookie has",
        ));
    }
    Ok(names)
}

/// The host of the base URL, or a domain above it that somebody can own.
fn domain(reader: &Reader<'_>, base_url: &BaseUrl) -> Result<Option<String>, SettingsError> {
    let given = reader.text("cookies.domain");
    if !reader.boolean("cookies.cross_subdomain")? {
        return match given {
            None => Ok(None),
            Some(_) => Err(SettingsError::invalid(
                "cookies.domain",
                "nothing, unless cookies.cross_subdomain is true",
            )),
        };
    }
    let host = base_url.host();
    let domain = given.unwrap_or(host).trim_start_matches('.').to_ascii_lowercase();
    let is_above = host == domain || host.ends_with(&format!(".{domain}"));
    let is_address = domain.parse::<IpAddr>().is_ok() || domain.starts_with('[');
    if !is_above || is_address {
        return Err(SettingsError::invalid(
            "cookies.domain",
            "the host of server.base_url or a domain above it, such as example.com",
        ));
    }
    if psl::domain_str(&domain).is_none() && domain != "localhost" {
        return Err(SettingsError::Unsafe {
            key: "cookies.domain",
            why: "it is a public suffix: cookies would go to everybody's hosts under it, and \
                  browsers take none; name a domain that is yours",
        });
    }
    Ok(Some(domain))
}
