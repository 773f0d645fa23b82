//! What the command line says.
//!
//! Whoever reads it may be gone (`countersign migrate apply | head`): the command does what it was told all the same, and
//! has not failed. A text that cannot be written for another reason, such as a full disk, stops nothing either, and
//! is the command's error in the end.

use std::{
    fmt,
    io::{self, ErrorKind, Write},
    sync::OnceLock,
};

use crate::Outcome;

/// Why something could not be written, the first time.
static UNWRITTEN: OnceLock<io::Error> = OnceLock::new();

/// Writes a line to standard output, with the words of `format!`.
macro_rules! say {
    ($($words:tt)+) => { $crate::say::line(format_args!($($words)+)) };
}
pub(crate) use say;

/// See [`say!`].
pub(crate) fn line(text: fmt::Arguments<'_>) {
    keep(writeln!(io::stdout(), "{text}"));
}

/// Writes a text as it is to standard output.
pub(crate) fn text(text: &[u8]) {
    keep(io::stdout().write_all(text));
}

/// Writes a line for the person at the terminal. If nobody reads it, there is nobody left to tell.
pub(crate) fn aside(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "countersign: {text}");
}

/// Whether everything was said to whoever wanted to read it.
pub(crate) fn said() -> Outcome {
    keep(io::stdout().flush());
    match UNWRITTEN.get() {
        None => Ok(()),
        Some(error) => Err(format!(
            "standard output takes nothing: {error}; whatever was to change has changed"
        )
        .into()),
    }
}

fn keep(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = UNWRITTEN.set(error);
    }
}
