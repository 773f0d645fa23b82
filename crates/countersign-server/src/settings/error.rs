//! Settings that cannot be used.

use std::path::PathBuf;

use countersign_jwt::WeakSecret;

/// Why the server does not start. The text names the setting and the fix, never a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A value that is not of its form.
    #[error("setting `{key}` is not valid: expected {expected}")]
    Invalid {
        /// The setting.
        key: &'static str,
        /// Its form.
        expected: &'static str,
    },
    /// A number that is too small or too large.
    #[error("setting `{key}` is not valid: expected a whole number from {least} to {most}")]
    OutOfRange {
        /// The setting.
        key: &'static str,
        /// The smallest.
        least: usize,
        /// The largest.
        most: usize,
    },
    /// A setting of an identity provider that is not of its form, or missing.
    #[error("setting `social.{id}.{key}` is not valid: expected {expected}")]
    Provider {
        /// The provider.
        id: String,
        /// The setting.
        key: String,
        /// Its form.
        expected: &'static str,
    },
    /// A value of its form that would not be safe.
    #[error("setting `{key}` is not safe: {why}")]
    Unsafe {
        /// The setting.
        key: &'static str,
        /// Why, and what to do.
        why: &'static str,
    },
    /// A key nobody knows.
    #[error("unknown setting `{key}` in {place}; did you mean `{nearest}`?")]
    Unknown {
        /// The key.
        key: String,
        /// The file or the environment.
        place: String,
        /// The known key that looks most like it.
        nearest: String,
    },
    /// No secret outside development, or one that can be guessed.
    #[error("BETTER_AUTH_SECRET {0}")]
    Secret(WeakSecret),
    /// An entry of the numbered secrets that is not of its form.
    #[error(
        "BETTER_AUTH_SECRETS: entry number {position} {what}; write 2:NEW,1:OLD with the current \
         secret first"
    )]
    SecretEntry {
        /// Which entry, counted from 1.
        position: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Two secrets with one number.
    #[error(
        "BETTER_AUTH_SECRETS has two secrets with the number {number}; give the new one the next \
         free number"
    )]
    SecretNumberTwice {
        /// The number.
        number: u32,
    },
    /// A current secret that can be guessed.
    #[error("BETTER_AUTH_SECRETS: the current secret, number {number}, {cause}")]
    NumberedSecret {
        /// Its number.
        number: u32,
        /// Why it cannot be used.
        cause: WeakSecret,
    },
    /// Both a secret and a file with one.
    #[error("both server.secret and server.secret_file are set: remove one of them")]
    SecretTwice,
    /// The base URL would be `http://0.0.0.0`.
    #[error(
        "BETTER_AUTH_URL is not set, and the server listens on every address, so it cannot know \
         where browsers see it. Set BETTER_AUTH_URL, for example https://app.example.com"
    )]
    BaseUrlMissing,
    /// A file that cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file that is not TOML.
    #[error("{} is not valid TOML: {cause}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: Box<toml::de::Error>,
    },
    /// A TOML value that is a table or a date where a plain value belongs.
    #[error("setting `{key}` in {place} must be a text, a number, true, false or a list of these")]
    Shape {
        /// The key.
        key: String,
        /// The file.
        place: String,
    },
}

impl SettingsError {
    pub(crate) fn invalid(key: &'static str, expected: &'static str) -> Self {
        Self::Invalid { key, expected }
    }
}
