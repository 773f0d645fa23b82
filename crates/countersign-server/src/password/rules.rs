//! What a password may be: how long, counted as JavaScript counts, in UTF-16 units; and which nobody may choose.

use crate::{
    settings::PasswordSettings,
    wire::{ApiError, refusals},
};

/// A new password is neither too short nor too long, and not one that everybody guesses first.
pub(crate) fn check_new(password: &str, rules: &PasswordSettings) -> Result<(), ApiError> {
    if password.encode_utf16().count() < rules.min_length {
        return Err((&refusals::PASSWORD_TOO_SHORT).into());
    }
    check_not_too_long(password, rules)?;
    if rules.refused.hold(password) {
        return Err((&refusals::PASSWORD_COMPROMISED).into());
    }
    Ok(())
}

/// A password that is only compared may be short: the rules may have been others.
pub(crate) fn check_not_too_long(password: &str, rules: &PasswordSettings) -> Result<(), ApiError> {
    if password.encode_utf16().count() > rules.max_length {
        return Err((&refusals::PASSWORD_TOO_LONG).into());
    }
    Ok(())
}
