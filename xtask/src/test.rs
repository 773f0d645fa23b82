//! `cargo xtask test`: every test in the repository.

mod better_auth_plugin;
mod browser;
mod conformance;
mod python;

use std::{fs, process::Command};

use countersign_testing::{binaries::built, root};

use crate::{
    Outcome, differential, fuzz, machine,
    step::{Steps, output, run as run_program},
};

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Only steps whose name holds this text, beside the preparations.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

type Step = (&'static str, fn() -> Outcome);

const PREPARATIONS: [Step; 6] = [
    ("looking at this machine", look_at_machine),
    ("npm packages", || machine::install_node_packages(&root())),
    ("earlier releases of Better Auth", || {
        machine::install_node_packages(&root().join("conformance/releases"))
    }),
    ("building the binaries", build),
    ("python packages", prepare_python),
    ("building the web app", build_web),
];

const TESTS: [Step; 15] = [
    ("rust: format", format),
    ("rust: clippy", clippy),
    ("rust: tests", || cargo(&["nextest", "run", "--workspace", "--all-features"])),
    ("rust: examples in the documentation", || {
        cargo(&["test", "--doc", "--workspace", "--all-features", "--quiet"])
    }),
    ("rust: documentation", documentation),
    ("generated files", generated_files),
    ("licences, sources and floors", || {
        cargo(&[
            "deny",
            "--all-features",
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ])
    }),
    ("typescript", typescript),
    ("conformance with Better Auth", conformance::on_sqlite),
    ("conformance on PostgreSQL", conformance::on_postgresql),
    ("conformance on MariaDB", conformance::on_mariadb),
    ("python", python::run),
    ("differential", || differential::run(&differential::Flags::default())),
    ("fuzz", || fuzz::run(&fuzz::Flags::default())),
    ("browser, with both auth servers", browser::run),
];

pub(crate) fn run(flags: &Flags) -> Outcome {
    let wanted = |step: &&Step| flags.only.as_ref().is_none_or(|text| step.0.contains(text));
    let tests: Vec<&Step> = TESTS.iter().filter(wanted).collect();
    let mut steps = Steps::new(PREPARATIONS.len() + tests.len());
    for (name, work) in PREPARATIONS.iter().chain(tests) {
        steps.step(name, work)?;
    }
    println!("\nEverything passed, in {:.0} s.", steps.seconds());
    Ok(())
}

fn look_at_machine() -> Outcome {
    machine::require_node()?;
    machine::require_python()?;
    machine::install_debian_packages(&machine::FOR_TESTS)?;
    machine::install_cargo_tool("cargo-nextest")?;
    machine::install_cargo_tool("cargo-deny")
}

fn build() -> Outcome {
    cargo(&["build", "--workspace", "--bins", "--examples"])
}

/// The packages that the app uses come first.
fn build_web() -> Outcome {
    npm(&["run", "build", "--workspaces", "--if-present"])
}

/// The workspace, and what stands beside it.
fn format() -> Outcome {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])?;
    cargo(&["fmt", "--manifest-path", "bench/Cargo.toml", "--all", "--check"])
}

fn prepare_python() -> Outcome {
    crate::python::install_packages()?;
    crate::python::install_countersign()
}

fn clippy() -> Outcome {
    let flags = ["clippy", "--workspace", "--all-targets", "--all-features", "--quiet"];
    run_program(
        Command::new("cargo").current_dir(root()).args(flags).args(["--", "-D", "warnings"]),
    )
}

fn documentation() -> Outcome {
    let mut command = Command::new("cargo");
    command.current_dir(root()).env("RUSTDOCFLAGS", "-D warnings");
    run_program(command.args(["doc", "--workspace", "--no-deps", "--all-features", "--quiet"]))
}

/// What is made from the code and checked in says what the code says.
fn generated_files() -> Outcome {
    let path = root().join("apps/tasks-api/openapi.json");
    let made = output(Command::new(built("tasks-api")).arg("openapi"))?;
    if fs::read_to_string(&path).ok().as_deref() == Some(made.as_str()) {
        println!("   apps/tasks-api/openapi.json is up to date");
        return Ok(());
    }
    let fix = "cargo run --package tasks-api -- openapi > apps/tasks-api/openapi.json";
    Err(format!("apps/tasks-api/openapi.json is not what the code says; run: {fix}").into())
}

fn typescript() -> Outcome {
    npm(&["run", "lint", "--workspaces", "--if-present"])?;
    npm(&["run", "typecheck", "--workspaces", "--if-present"])?;
    npm(&["run", "test", "--workspace", "packages/client", "--workspace", "apps/web"])?;
    better_auth_plugin::run()
}

fn cargo(arguments: &[&str]) -> Outcome {
    run_program(Command::new("cargo").current_dir(root()).args(arguments))
}

fn npm(arguments: &[&str]) -> Outcome {
    let mut command = Command::new("npm");
    command.current_dir(root()).env("NEXT_TELEMETRY_DISABLED", "1");
    run_program(command.arg("--loglevel=error").args(arguments))
}
