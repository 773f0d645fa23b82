//! What a username may be.

use http::StatusCode;

use crate::{settings::UsernameSettings, wire::ApiError};

/// Why a name is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Short,
    Long,
    Characters,
}

/// Letters, digits, `_` and `.` of ASCII; lengths as JavaScript counts them.
pub(super) fn check(username: &str, settings: &UsernameSettings) -> Result<(), Fault> {
    let length = username.encode_utf16().count();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
    match () {
        () if length < settings.min_length => Err(Fault::Short),
        () if length > settings.max_length => Err(Fault::Long),
        () if !username.chars().all(is_plain) => Err(Fault::Characters),
        () => Ok(()),
    }
}

/// The form that is stored and compared.
pub(super) fn normalised(username: &str) -> String {
    username.to_lowercase()
}

impl Fault {
    /// The answer: 422 where a name is asked about, 400 where one is wanted.
    pub(super) fn refused(self, status: StatusCode) -> ApiError {
        let (code, message) = match self {
            Self::Short => ("USERNAME_TOO_SHORT", "Username is too short"),
            Self::Long => ("USERNAME_TOO_LONG", "Username is too long"),
            Self::Characters => ("INVALID_USERNAME", "Username is invalid"),
        };
        ApiError::told(status, Some(code), message.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Wish;

    #[test]
    fn names_are_letters_digits_underscores_and_dots() {
        let settings = UsernameSettings { enabled: Wish::On, min_length: 3, max_length: 30 };
        for good in ["ann", "Ann_1.x", "...", &"a".repeat(30)] {
            assert_eq!(check(good, &settings), Ok(()), "{good}");
        }
        for (bad, fault) in [
            ("", Fault::Short),
            ("ab", Fault::Short),
            (&*"a".repeat(31), Fault::Long),
            ("ann-1", Fault::Characters),
            ("änn", Fault::Characters),
            ("an\u{200d}n", Fault::Characters),
            ("ann ", Fault::Characters),
            ("ann\n", Fault::Characters),
            ("\u{1F98A}\u{1F98A}", Fault::Characters),
            ("' OR 1=1--", Fault::Characters),
        ] {
            assert_eq!(check(bad, &settings), Err(fault), "{bad:?}");
        }
    }
}
