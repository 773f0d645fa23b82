//! Whether a feature is wanted that needs tables or columns of its own.

use super::{SettingsError, reader::Reader};

/// What a setting such as `token.enabled` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// `false`: off.
    Off,
    /// `auto`: on where the database has what it needs, or is new; else off, and the start says why.
    Auto,
    /// `true`: on; the server does not start where it cannot be.
    On,
}

impl Reader<'_> {
    pub(super) fn wish(&self, key: &'static str) -> Result<Wish, SettingsError> {
        match self.required(key) {
            "false" => Ok(Wish::Off),
            "auto" => Ok(Wish::Auto),
            "true" => Ok(Wish::On),
            _ => Err(SettingsError::invalid(key, "true, false or auto")),
        }
    }
}
