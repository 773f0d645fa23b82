//! `cargo xtask bench verify`: one token, every library, one core.

mod goals;
mod page;

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use countersign_testing::root;
use serde::Deserialize;

use super::{
    Options, goal, host,
    rounds::{Plan, Seen, measure},
    worker::Worker,
};
use crate::{
    Outcome, machine, python,
    step::{Steps, output, run as run_program},
};

const FULL: Plan = Plan { rounds: 11, window: 200, warm_up: 350 };
const QUICK: Plan = Plan { rounds: 5, window: 100, warm_up: 350 };

/// How many bad tokens are sent.
const BAD_TOKENS: u32 = 1_000_000;

/// What became of the bad tokens.
#[derive(Default, Deserialize)]
struct Flood {
    sent: u32,
    /// By how many bytes the memory in use grew, at its highest.
    grown: f64,
    /// By class.
    accepted: Vec<(String, u64)>,
}

/// Everything the page is about.
struct Report {
    seen: Seen,
    /// Allocations for a token that was seen before, by algorithm.
    allocations: BTreeMap<String, u64>,
    flood: Flood,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let plan = if options.quick { QUICK } else { FULL };
    let built = root().join("target/bench/release");
    let file = root().join("target/bench/tokens.json");
    let mut python = PathBuf::new();
    let mut report = None;
    let mut steps = Steps::new(5);
    steps.step("looking at this machine", || {
        machine::require_node()?;
        machine::require_python()?;
        machine::install_debian_packages(&machine::FOR_BENCHES)
    })?;
    steps.step("building and installing the libraries", || {
        build()?;
        machine::install_node_packages(&root().join("bench"))?;
        python = python::environment("target/bench/python", "bench/requirements.txt")?;
        install_ours(&python)?;
        run_program(Command::new(built.join("verify")).arg("make").arg(&file))
    })?;
    let pinned = |program: &Path| host::pinned(options.core, program);
    steps.step("timing all libraries by turns", || {
        let sources = root().join("bench/verify");
        let mut workers = Vec::new();
        for mut command in [
            with(pinned(&built.join("verify")), &["work"], &[&file], &["aws-lc"]),
            with(pinned(&built.join("verify")), &["work"], &[&file], &["rust-crypto"]),
            with(pinned(&python), &[], &[&sources.join("python.py"), &file], &[]),
            with(pinned(Path::new("node")), &[], &[&sources.join("node.mjs"), &file], &[]),
        ] {
            workers.push(Worker::start(&mut command)?);
        }
        println!("   every library accepts the token and refuses the bad ones");
        let seen = measure(workers, &plan)?;
        report = Some(Report { seen, allocations: BTreeMap::new(), flood: Flood::default() });
        Ok(())
    })?;
    let mut report = report.ok_or("nothing was measured")?;
    steps.step("counting allocations", || {
        let counted = output(&mut pinned(&built.join("allocations")))?;
        report.allocations = serde_json::from_str(&counted)?;
        Ok(())
    })?;
    steps.step("sending bad tokens", || {
        let count = BAD_TOKENS.to_string();
        let said = output(pinned(&built.join("verify")).args(["flood", &count]))?;
        report.flood = serde_json::from_str(&said)?;
        Ok(())
    })?;
    let goals = goals::of(&report);
    let page = page::write(&report, &goals, &plan, options)?;
    println!("\n{}", page::for_terminal(&report, &goals));
    println!("Written to {page}, after {:.0} s.", steps.seconds());
    if options.check { goal::check(&goals) } else { Ok(()) }
}

fn build() -> Outcome {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root().join("bench"));
    run_program(cargo.args(["build", "--release", "--locked", "--package", "bench-verify"]))?;
    Ok(fs::create_dir_all(root().join("docs/performance"))?)
}

/// Our own package for Python, built as its users build it.
fn install_ours(python: &Path) -> Outcome {
    let package = root().join("crates/countersign-py");
    if !package.exists() {
        println!("   countersign for Python is not in this tree");
        return Ok(());
    }
    run_program(python::pip(python).arg(package))
}

fn with(mut command: Command, words: &[&str], files: &[&Path], last: &[&str]) -> Command {
    command.args(words).args(files).args(last);
    command
}

type Written = Result<String, Box<dyn Error>>;
