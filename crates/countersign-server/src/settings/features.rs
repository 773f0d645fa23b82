//! The plugins beside `jwt`: whether they are on, and what they allow.

use super::{SettingsError, Wish, reader::Reader};

/// The plugin `bearer`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BearerSettings {
    /// Whether only signed tokens count. A bare one is what the table `session` holds: whoever
    /// reads the database could use it.
    pub require_signature: bool,
}

/// The plugin `multi-session`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MultiSessionSettings {
    /// The most sessions of one browser.
    pub maximum_sessions: usize,
}

/// The plugin `username`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UsernameSettings {
    /// Whether it was asked for, or is on where the database has its columns.
    pub enabled: Wish,
    /// The fewest UTF-16 code units.
    pub min_length: usize,
    /// The most UTF-16 code units.
    pub max_length: usize,
}

/// The plugin `open-api`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OpenApiSettings {
    /// Whether the description is a page for people, too.
    pub page: bool,
}

impl Reader<'_> {
    pub(super) fn open_api(&self) -> Result<Option<OpenApiSettings>, SettingsError> {
        let settings = OpenApiSettings { page: self.boolean("open_api.page")? };
        Ok(self.boolean("open_api.enabled")?.then_some(settings))
    }

    pub(super) fn bearer(&self) -> Result<Option<BearerSettings>, SettingsError> {
        let settings =
            BearerSettings { require_signature: self.boolean("bearer.require_signature")? };
        Ok(self.boolean("bearer.enabled")?.then_some(settings))
    }

    pub(super) fn multi_session(&self) -> Result<Option<MultiSessionSettings>, SettingsError> {
        let settings = MultiSessionSettings {
            maximum_sessions: self.number("multi_session.maximum_sessions", 1, 20)?,
        };
        Ok(self.boolean("multi_session.enabled")?.then_some(settings))
    }

    pub(super) fn username(&self) -> Result<Option<UsernameSettings>, SettingsError> {
        let settings = UsernameSettings {
            enabled: self.wish("username.enabled")?,
            min_length: self.number("username.min_length", 1, 255)?,
            max_length: self.number("username.max_length", 1, 255)?,
        };
        if settings.min_length > settings.max_length {
            let expected = "a number that is not smaller than username.min_length";
            return Err(SettingsError::invalid("username.max_length", expected));
        }
        Ok((settings.enabled != Wish::Off).then_some(settings))
    }
}
