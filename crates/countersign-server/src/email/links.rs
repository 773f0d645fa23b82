//! Links of mails: the base URL of the settings, an endpoint, a token, and where to go from there.

use countersign_store::users::User;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::EmailToken;
use crate::{
    Auth,
    mail::{Mail, MailKind},
    wire::ApiError,
};

/// What JavaScript's `encodeURIComponent` escapes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A mail whose link leads to `/verify-email` with this token. It goes to `to`, which need not be the
/// address the user has.
pub(crate) fn verification_mail(
    auth: &Auth,
    kind: MailKind,
    user: &User,
    to: &str,
    token: &EmailToken,
    callback_url: Option<&str>,
) -> Result<Mail, ApiError> {
    let signed = auth.email_tokens().sign(token)?;
    let base = auth.settings().base_url.endpoints();
    let callback = encoded(callback_url.unwrap_or("/"));
    Ok(Mail {
        kind,
        to: to.to_owned(),
        name: user.name.clone(),
        url: Some(format!("{base}/verify-email?token={signed}&callbackURL={callback}")),
        token: Some(signed),
        otp: None,
        new_email: token.update_to.clone(),
        good_for: auth.settings().email_verification.expires_in,
    })
}

/// A mail with the link that proves the address a user has.
pub(crate) fn proving_mail(
    auth: &Auth,
    user: &User,
    callback: Option<&str>,
) -> Result<Mail, ApiError> {
    let life = auth.settings().email_verification.expires_in;
    let token = EmailToken::proves(&user.email, &user.id, auth.now(), life);
    let callback = callback.filter(|url| !url.is_empty());
    verification_mail(auth, MailKind::VerifyEmail, user, &user.email, &token, callback)
}

/// A mail whose link leads to `/reset-password/…`, and from there to `redirect_to`.
pub(crate) fn reset_mail(auth: &Auth, user: &User, token: &str, redirect_to: Option<&str>) -> Mail {
    let base = auth.settings().base_url.endpoints();
    let callback = encoded(redirect_to.unwrap_or_default());
    Mail {
        kind: MailKind::ResetPassword,
        to: user.email.clone(),
        name: user.name.clone(),
        url: Some(format!("{base}/reset-password/{token}?callbackURL={callback}")),
        token: Some(token.to_owned()),
        otp: None,
        new_email: None,
        good_for: auth.settings().email_password.reset_password_token_expires_in,
    }
}

/// A mail whose link leads to `/delete-user/callback`.
pub(crate) fn deletion_mail(auth: &Auth, user: &User, token: &str, callback: Option<&str>) -> Mail {
    let base = auth.settings().base_url.endpoints();
    let callback = encoded(callback.unwrap_or("/"));
    Mail {
        kind: MailKind::DeleteAccount,
        to: user.email.clone(),
        name: user.name.clone(),
        url: Some(format!("{base}/delete-user/callback?token={token}&callbackURL={callback}")),
        token: Some(token.to_owned()),
        otp: None,
        new_email: None,
        good_for: auth.settings().delete_user.token_expires_in,
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}
