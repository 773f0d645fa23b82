//! The same scenarios on the real Better Auth and on ours; differences fail.

use std::process::Command;

use countersign_testing::{
    binaries::{Countersign, built},
    node::{BetterAuth, BetterAuthOptions},
    root,
};

use crate::{Outcome, step::run as run_program};

/// Tokens hold what Better Auth's hold, so that they can be compared too.
const SUBJECT: [(&str, &str); 2] =
    [("COUNTERSIGN_TOKEN__CLAIMS", "user"), ("COUNTERSIGN_SERVER__DEVELOPMENT", "true")];

pub(crate) fn run() -> Outcome {
    let limited = BetterAuthOptions { rate_limit: true, ..BetterAuthOptions::default() };
    let reference = BetterAuth::start(&BetterAuthOptions::default())?;
    let limited_reference = BetterAuth::start(&limited)?;
    let binary = built("countersign");
    let subject = Countersign::start(&binary, &SUBJECT)?;
    let limits = [SUBJECT[0], SUBJECT[1], ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true")];
    let limited_subject = Countersign::start(&binary, &limits)?;
    let mut command = Command::new("npm");
    command
        .current_dir(root())
        .args(["--loglevel=error", "run", "test", "--workspace", "conformance"])
        .env("COUNTERSIGN_BIN", &binary)
        .env("REFERENCE_URL", reference.url())
        .env("SUBJECT_URL", subject.url())
        .env("REFERENCE_LIMITED_URL", limited_reference.url())
        .env("SUBJECT_LIMITED_URL", limited_subject.url());
    run_program(&mut command)
}
