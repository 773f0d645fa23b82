//! Settings of passwords: how long, which nobody may choose, and how many are hashed at once.

use std::{collections::HashSet, fs, path::PathBuf, sync::Arc, thread};

use unicode_normalization::UnicodeNormalization;

use super::{SettingsError, reader::Reader};

/// What passwords may be, and how many are hashed at once.
#[derive(Clone)]
#[non_exhaustive]
pub struct PasswordSettings {
    /// The fewest UTF-16 code units.
    pub min_length: usize,
    /// The most UTF-16 code units.
    pub max_length: usize,
    /// Those that nobody may choose.
    pub refused: RefusedPasswords,
    /// Threads that hash. Each needs 32 MiB while it works.
    pub threads: usize,
    /// Sign-ins that may wait for a thread; the next one is told to come back.
    pub queue: usize,
}

/// Passwords that everybody guesses first: a list of the operator's. Letters' case does not matter.
#[derive(Clone, Default)]
pub struct RefusedPasswords(Arc<HashSet<String>>);

impl RefusedPasswords {
    /// One a line; empty lines are left out.
    pub(crate) fn of_lines(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        Self(Arc::new(lines.map(folded).collect()))
    }

    /// Whether this password is one of them.
    pub(crate) fn hold(&self, password: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&folded(password))
    }
}

impl PasswordSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        let refused = match reader.text("password.refused_file").map(PathBuf::from) {
            None => RefusedPasswords::default(),
            Some(path) => match fs::read_to_string(&path) {
                Ok(text) => RefusedPasswords::of_lines(&text),
                Err(cause) => return Err(SettingsError::File { path, cause }),
            },
        };
        Ok(Self {
            min_length: reader.number("password.min_length", 1, 1024)?,
            max_length: reader.number("password.max_length", 1, 1024)?,
            refused,
            threads: match reader.text("password.threads") {
                Some(_) => reader.number("password.threads", 1, 256)?,
                None => thread::available_parallelism().map_or(1, usize::from),
            },
            queue: reader.number("password.queue", 1, 65_536)?,
        })
    }
}

/// As passwords are hashed, and in one case.
fn folded(password: &str) -> String {
    password.nfkc().collect::<String>().to_lowercase()
}
