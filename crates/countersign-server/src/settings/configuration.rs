//! What every server on one database has to be told alike, in a form that can be compared and not read.
//!
//! Each setting is a MAC of its text under a key that follows from the current secret. Whoever does not have that secret
//! cannot find a setting by trying, be it a provider's secret of eight letters; and the secret itself is nowhere in it.
//! Texts are compared as they are written: `900` and `15m` differ.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;

use super::{BaseUrl, TokenSettings, keys::KEYS, social};
use crate::{at_rest::purpose_key, secret::Secret};

/// Settings that may be another on each server: where it is, what it may use, and where its files are.
const OF_ONE_SERVER: [&str; 18] = [
    "server.listen",
    "server.development",
    "server.secret",
    "server.secret_file",
    "server.trusted_proxies",
    "database.url",
    "database.pool_size",
    "database.connect_timeout",
    "database.purge_every",
    "redis.url",
    "password.threads",
    "password.queue",
    "password.refused_file",
    "revocation.poll_interval_ms",
    "mail.url",
    "mail.templates",
    "mail.timeout",
    "mail.queue",
];

/// Where these are may differ, but not whether they are there.
const HAD_BY_ALL_OR_NONE: [&str; 2] = ["mail.url", "redis.url"];

/// The setting that is another where all of them are.
pub(crate) const SECRET: &str = "server.secret";

/// The settings by name, each as a MAC.
#[derive(Clone)]
pub struct Configuration(BTreeMap<&'static str, [u8; 32]>);

impl Configuration {
    /// Settings whose default follows from others are compared as they came out.
    pub(super) fn of(
        secret: &Secret,
        values: &BTreeMap<&'static str, String>,
        social: &social::Sections,
        derived: &[(&'static str, String)],
    ) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, purpose_key(secret, "configuration").expose());
        let mac = |name: &str, text: &str| {
            let mut mac = [0; 32];
            mac.copy_from_slice(hmac::sign(&key, format!("{name}={text}").as_bytes()).as_ref());
            mac
        };
        let shared = KEYS.iter().filter(|key| !OF_ONE_SERVER.contains(&key.name));
        let text = |name| values.get(name).map_or("", |text| text.trim());
        let mut macs: BTreeMap<_, _> =
            shared.map(|key| (key.name, mac(key.name, text(key.name)))).collect();
        macs.extend(derived.iter().map(|(name, text)| (*name, mac(name, text))));
        for name in HAD_BY_ALL_OR_NONE {
            macs.insert(name, mac(name, if text(name).is_empty() { "off" } else { "on" }));
        }
        macs.insert(SECRET, mac(SECRET, ""));
        macs.insert("social", mac("social", &providers(social)));
        Self(macs)
    }

    /// Each setting, by name.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, &[u8; 32])> {
        self.0.iter().map(|(name, mac)| (*name, mac))
    }
}

/// The settings of all identity providers, but for where files are.
fn providers(sections: &social::Sections) -> String {
    let settings = sections.iter().flat_map(|(id, keys)| keys.iter().map(move |key| (id, key)));
    let of_all = settings.filter(|(_, (key, _))| !key.ends_with("_file"));
    let line =
        |(id, (key, text)): (&String, (&&str, &String))| format!("{id}.{key}={}", text.trim());
    of_all.map(line).collect::<Vec<_>>().join("\n")
}

/// What follows from other settings where nothing is set.
pub(super) fn derived(
    base_url: &BaseUrl,
    token: &TokenSettings,
    has_rate_limit: bool,
) -> [(&'static str, String); 4] {
    [
        ("rate_limit.enabled", has_rate_limit.to_string()),
        ("server.base_url", format!("{}{}", base_url.origin(), base_url.path())),
        ("token.issuer", token.issuer.clone()),
        ("token.audience", token.audience.join(",")),
    ]
}
