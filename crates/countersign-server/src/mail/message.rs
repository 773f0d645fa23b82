//! Which mails there are.

use jiff::SignedDuration;

/// What a mail is for. Its name is that of its templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailKind {
    /// A link to set a new password.
    ResetPassword,
    /// A link that proves an address, a new one too.
    VerifyEmail,
    /// To the old address: whether the new one may be asked.
    ChangeEmailConfirmation,
    /// A link to delete oneself.
    DeleteAccount,
}

impl MailKind {
    pub(super) const ALL: [Self; 4] = [
        Self::ResetPassword,
        Self::VerifyEmail,
        Self::ChangeEmailConfirmation,
        Self::DeleteAccount,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset-password",
            Self::VerifyEmail => "verify-email",
            Self::ChangeEmailConfirmation => "change-email-confirmation",
            Self::DeleteAccount => "delete-account",
        }
    }
}

/// A mail to be written and sent. No `Debug`: it holds a token.
pub(crate) struct Mail {
    pub(crate) kind: MailKind,
    /// The address, as the row has it.
    pub(crate) to: String,
    /// What the user is called; chosen by whoever signed up.
    pub(crate) name: String,
    /// The link.
    pub(crate) url: Option<String>,
    /// The token in the link.
    pub(crate) token: Option<String>,
    /// A code to be typed in.
    pub(crate) otp: Option<String>,
    /// The address that somebody wants instead.
    pub(crate) new_email: Option<String>,
    /// How long the link or code is good.
    pub(crate) good_for: SignedDuration,
}
