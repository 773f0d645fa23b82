//! The plugin `admin`: what is true of bans and roles where nobody says otherwise.

use jiff::SignedDuration;

use super::{SettingsError, Wish, reader::Reader};

/// The plugin `admin`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdminSettings {
    /// Whether it was asked for, or is on where the plugin is used on the database.
    pub enabled: Wish,
    /// The role of who signs up, and of who has none.
    pub default_role: String,
    /// Users who may do everything, whatever their role.
    pub user_ids: Vec<String>,
    /// What a banned user is told who signs in.
    pub banned_user_message: String,
    /// Why somebody is banned where nobody says so.
    pub default_ban_reason: String,
    /// For how long somebody is banned where nobody says so; `None` for good.
    pub default_ban_expires_in: Option<SignedDuration>,
}

impl Reader<'_> {
    pub(super) fn admin(&self) -> Result<Option<AdminSettings>, SettingsError> {
        let text = |key: &'static str| self.required(key).to_owned();
        let expires_in = "admin.default_ban_expires_in";
        let settings = AdminSettings {
            enabled: self.wish("admin.enabled")?,
            default_role: text("admin.default_role"),
            user_ids: self.list("admin.user_ids").into_iter().map(str::to_owned).collect(),
            banned_user_message: text("admin.banned_user_message"),
            default_ban_reason: text("admin.default_ban_reason"),
            default_ban_expires_in: match self.text(expires_in) {
                Some(_) => Some(self.span(expires_in)?).filter(|span| !span.is_zero()),
                None => None,
            },
        };
        Ok((settings.enabled != Wish::Off).then_some(settings))
    }
}
