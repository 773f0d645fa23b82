//! The same scenarios on the real Better Auth and on ours; differences fail. The servers are
//! started there.

use std::process::Command;

use countersign_testing::{binaries::built, root};

use crate::{Outcome, step::run as run_program};

pub(crate) fn run() -> Outcome {
    let mut command = Command::new("npm");
    command
        .current_dir(root())
        .args(["--loglevel=error", "run", "test", "--workspace", "conformance"])
        .env("COUNTERSIGN_BIN", built("countersign"));
    run_program(&mut command)
}
