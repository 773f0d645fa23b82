//! The Python environment of the tests: `target/python`, with the package `countersign` built from
//! this repository.

use std::path::PathBuf;

use crate::{StartError, root};

/// Its interpreter. `cargo xtask test` makes the environment, and makes it anew when the package or
/// what it needs has changed.
pub fn interpreter() -> Result<PathBuf, StartError> {
    let python = root().join("target/python/bin/python");
    if python.exists() {
        return Ok(python);
    }
    Err(StartError::Prepare {
        what: "the Python environment target/python".to_owned(),
        cause: "it is missing; run `cargo xtask test --only python`".to_owned(),
    })
}
