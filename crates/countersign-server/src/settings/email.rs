//! What needs an address that was proven, and what may be done to one: Better Auth's options
//! `emailAndPassword`, `emailVerification`, `user.changeEmail` and `user.deleteUser`.

use jiff::SignedDuration;

use super::{SettingsError, reader::Reader};

/// Sign-up and sign-in with a password.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "switches that are independent of each other")]
pub struct EmailPasswordSettings {
    /// Whether there is any.
    pub enabled: bool,
    /// Whether nobody can sign up with a password.
    pub disable_sign_up: bool,
    /// Whether only proven addresses can sign in. Sign-up then answers alike for addresses that
    /// are taken.
    pub require_email_verification: bool,
    /// Whether a sign-up begins a session.
    pub auto_sign_in: bool,
    /// How long the link of a mail to reset a password is good.
    pub reset_password_token_expires_in: SignedDuration,
    /// Whether a reset ends every session of the user.
    pub revoke_sessions_on_password_reset: bool,
}

/// Proving an address.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EmailVerificationSettings {
    /// Whether sign-up sends the mail; `None` where it does if only proven addresses can sign in.
    pub send_on_sign_up: Option<bool>,
    /// Whether a sign-in with an address that was not proven sends it again.
    pub send_on_sign_in: bool,
    /// Whether proving an address begins a session.
    pub auto_sign_in_after_verification: bool,
    /// How long the link is good.
    pub expires_in: SignedDuration,
}

/// Changing an address.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChangeEmailSettings {
    /// Whether it can be done at all.
    pub enabled: bool,
    /// Whether an address that was never proven is changed at once.
    pub update_email_without_verification: bool,
    /// Whether the old address has to confirm first, when it was proven.
    pub send_confirmation: bool,
}

/// Deleting oneself.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DeleteUserSettings {
    /// Whether it can be done at all.
    pub enabled: bool,
    /// Whether it takes the link of a mail.
    pub send_verification: bool,
    /// How long that link is good.
    pub token_expires_in: SignedDuration,
}

impl EmailPasswordSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        Ok(Self {
            enabled: reader.boolean("email_password.enabled")?,
            disable_sign_up: reader.boolean("email_password.disable_sign_up")?,
            require_email_verification: reader
                .boolean("email_password.require_email_verification")?,
            auto_sign_in: reader.boolean("email_password.auto_sign_in")?,
            reset_password_token_expires_in: reader
                .span("email_password.reset_password_token_expires_in")?,
            revoke_sessions_on_password_reset: reader
                .boolean("email_password.revoke_sessions_on_password_reset")?,
        })
    }

    /// Whether sign-up answers for an address that is taken as for one that is free.
    pub(crate) fn hides_taken_addresses(&self) -> bool {
        self.require_email_verification || !self.auto_sign_in
    }
}

impl EmailVerificationSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        Ok(Self {
            send_on_sign_up: match reader.text("email_verification.send_on_sign_up") {
                Some(_) => Some(reader.boolean("email_verification.send_on_sign_up")?),
                None => None,
            },
            send_on_sign_in: reader.boolean("email_verification.send_on_sign_in")?,
            auto_sign_in_after_verification: reader
                .boolean("email_verification.auto_sign_in_after_verification")?,
            expires_in: reader.span("email_verification.expires_in")?,
        })
    }
}

impl ChangeEmailSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        Ok(Self {
            enabled: reader.boolean("change_email.enabled")?,
            update_email_without_verification: reader
                .boolean("change_email.update_email_without_verification")?,
            send_confirmation: only_with_mail(reader, "change_email.send_confirmation")?,
        })
    }
}

impl DeleteUserSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        Ok(Self {
            enabled: reader.boolean("delete_user.enabled")?,
            send_verification: only_with_mail(reader, "delete_user.send_verification")?,
            token_expires_in: reader.span("delete_user.token_expires_in")?,
        })
    }
}

/// A mail that is asked for and cannot be sent would leave out a check that somebody counts on.
fn only_with_mail(reader: &Reader<'_>, key: &'static str) -> Result<bool, SettingsError> {
    let wanted = reader.boolean(key)?;
    if wanted && reader.text("mail.url").is_none() {
        return Err(SettingsError::invalid(key, "false, or COUNTERSIGN_MAIL to be set, too"));
    }
    Ok(wanted)
}
