//! Everything in Python: tests, types, and that the stub of the native module tells the truth.

use std::process::Command;

use countersign_testing::{binaries::built, root};

use crate::{Outcome, python::program, step::run as run_program};

const PACKAGE: &str = "crates/countersign-py";
const EXAMPLE: &str = "examples/fastapi-tasks";

pub(crate) fn run() -> Outcome {
    module("conformance/python", &["pytest", "-q"])?;
    module(PACKAGE, &["pytest", "-q"])?;
    module(EXAMPLE, &["pytest", "-q"])?;
    module(PACKAGE, &["mypy", "python/countersign", "tests"])?;
    module(PACKAGE, &["mypy.stubtest", "countersign._countersign"])?;
    module(EXAMPLE, &["mypy", "fastapi_tasks", "tests"])
}

/// Runs a module of the environment's in a folder of the repository.
fn module(folder: &str, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(program("python"));
    command.current_dir(root().join(folder)).arg("-m").args(arguments);
    run_program(command.env("COUNTERSIGN_BIN", built("countersign")))
}
