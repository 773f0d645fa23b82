//! Which features are on, and why others are not.
//!
//! | The setting | Its tables and columns | The feature |
//! |---|---|---|
//! | `false` | | is off |
//! | `auto` | are there, or the database is new | is on |
//! | `auto` | are not all there | is off, and the start says what is missing |
//! | `true` | are there, or the database is new | is on |
//! | `true` | are not all there | the server does not start |
//!
//! A feature has only to name its tables, and to say whether it was [asked
//! for](super::Feature::is_asked_for).

use std::fmt;

use countersign_store::{Inspection, Lack};

use super::Feature;

/// Features that a setting turns on, each with the setting.
const SWITCHES: [(&str, &str); 9] = [
    ("jwt", "token.enabled"),
    ("tokens", "refresh_tokens.enabled"),
    ("admin", "admin.enabled"),
    ("bearer", "bearer.enabled"),
    ("multi-session", "multi_session.enabled"),
    ("username", "username.enabled"),
    ("open-api", "open_api.enabled"),
    ("spent-tokens", "spent_tokens.enabled"),
    ("revocation", "revocation.enabled"),
];

/// A feature, and whether it is on. Its `Display` is a line for people.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FeatureState {
    /// Better Auth's id of the plugin.
    pub id: &'static str,
    /// Why it is off; `None` where it is on.
    pub off: Option<WhyOff>,
}

/// Why a feature is off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyOff {
    /// This setting says so.
    Setting(&'static str),
    /// Better Auth's plugin is not used on the database, and nobody asked for the feature.
    Unused,
    /// The database does not have what it needs.
    Lack(Lack),
}

impl fmt::Display for FeatureState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.off {
            None => write!(f, "{} is on", self.id),
            Some(WhyOff::Setting(setting)) => write!(f, "{} is off: {setting} is false", self.id),
            Some(WhyOff::Unused) => {
                write!(
                    f,
                    "{0} is off: the database knows nothing of it; {0}.enabled is auto",
                    self.id
                )
            }
            Some(WhyOff::Lack(lack)) => write!(f, "{} is off: {lack}", self.id),
        }
    }
}

/// The features that a database allows.
pub(crate) struct Chosen {
    /// Those that are on.
    pub(crate) on: Vec<Box<dyn Feature>>,
    /// Every feature there is.
    pub(crate) states: Vec<FeatureState>,
    /// Whether one that was asked for cannot be on.
    pub(crate) is_refused: bool,
}

impl Chosen {
    /// Of the wanted features, those that this database allows; `unused` are those that nothing in it asks for.
    pub(crate) fn of(
        wanted: Vec<Box<dyn Feature>>,
        unused: &[&'static str],
        inspection: &Inspection,
    ) -> Self {
        let mut chosen = Self { on: Vec::new(), states: Vec::new(), is_refused: false };
        for feature in wanted {
            let lack = feature.tables().iter().find_map(|table| inspection.lack(table));
            let lack = lack.filter(|_| !inspection.is_empty);
            chosen.is_refused |= lack.is_some() && feature.is_asked_for();
            chosen
                .states
                .push(FeatureState { id: feature.id(), off: lack.clone().map(WhyOff::Lack) });
            if lack.is_none() {
                chosen.on.push(feature);
            }
        }
        for id in unused {
            chosen.states.push(FeatureState { id, off: Some(WhyOff::Unused) });
        }
        for (id, setting) in SWITCHES {
            if chosen.states.iter().all(|state| state.id != id) {
                chosen.states.push(FeatureState { id, off: Some(WhyOff::Setting(setting)) });
            }
        }
        chosen
    }
}
