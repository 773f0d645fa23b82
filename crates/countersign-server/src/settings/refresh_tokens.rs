//! Refresh tokens: how long they live, and what a repeated one still gets.

use jiff::SignedDuration;

use super::{SettingsError, Wish, reader::Reader};

/// The feature `tokens`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RefreshTokenSettings {
    /// From the making of a token to its end, when it is not used.
    pub lifetime: SignedDuration,
    /// From the first token of a family to the end of all of them.
    pub absolute_lifetime: SignedDuration,
    /// For how long a token that was used still gets its successor again; zero is never.
    pub retry_window: SignedDuration,
    /// How often it gets that.
    pub retries: u32,
    /// The most families of one user.
    pub families_per_user: usize,
    /// Whether a name and a password get tokens without a session's cookie.
    pub password_grant: bool,
}

impl RefreshTokenSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Option<Self>, SettingsError> {
        let lifetime = reader.cookie_life("refresh_tokens.lifetime")?;
        let absolute_lifetime = reader.cookie_life("refresh_tokens.absolute_lifetime")?;
        if absolute_lifetime < lifetime {
            let expected = "a span that is not shorter than refresh_tokens.lifetime";
            return Err(SettingsError::invalid("refresh_tokens.absolute_lifetime", expected));
        }
        let retry_window = reader.span("refresh_tokens.retry_window")?;
        if retry_window > SignedDuration::from_mins(5) {
            let expected = "five minutes or less; what was stolen is noticed after that time";
            return Err(SettingsError::invalid("refresh_tokens.retry_window", expected));
        }
        let retries = reader.number("refresh_tokens.retries", 0, 1000)?;
        let settings = Self {
            lifetime,
            absolute_lifetime,
            retry_window,
            retries: u32::try_from(retries).unwrap_or(u32::MAX),
            families_per_user: reader.number("refresh_tokens.families_per_user", 1, 10_000)?,
            password_grant: reader.boolean("refresh_tokens.password_grant")?,
        };
        if !reader.boolean("refresh_tokens.enabled")? {
            return Ok(None);
        }
        if reader.wish("token.enabled")? == Wish::Off {
            let expected = "token.enabled to be true, too: refresh tokens are for new tokens";
            return Err(SettingsError::invalid("refresh_tokens.enabled", expected));
        }
        Ok(Some(settings))
    }
}
