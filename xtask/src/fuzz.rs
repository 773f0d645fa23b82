//! `cargo xtask fuzz`: libFuzzer against whatever reads the bytes of a stranger first; see
//! `fuzz/src/lib.rs` for the targets.
//!
//! Runs on stable Rust: coverage is a pass of LLVM's that any compiler has, and no sanitizer is used,
//! since our code has no `unsafe`. Two targets run at a time. What is found on the way stays in
//! `target/fuzz/corpus`, and an input that breaks something in `target/fuzz/artifacts`.

use std::{
    fs,
    process::{Command, Output},
    sync::Mutex,
    thread,
};

use countersign_testing::root;

use crate::{
    Outcome, machine,
    step::{output, run as run_program},
};

const TARGETS: [&str; 5] = ["token", "header", "jwks", "cookie", "path_user_id"];

/// How many run at a time.
const LANES: usize = 2;

/// How much of what a target said is shown when it breaks.
const LINES_SHOWN: usize = 40;

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// How long each target runs.
    #[arg(long, default_value_t = Self::default().seconds)]
    seconds: u32,
    /// Only this target.
    #[arg(long, value_parser = TARGETS)]
    target: Option<String>,
}

/// What the test suite runs.
impl Default for Flags {
    fn default() -> Self {
        Self { seconds: 30, target: None }
    }
}

pub(crate) fn run(flags: &Flags) -> Outcome {
    machine::install_cargo_tool("cargo-fuzz")?;
    let build = root().join("target/fuzz");
    run_program(
        Command::new("cargo")
            .current_dir(root().join("fuzz"))
            .args(["fuzz", "build", "--sanitizer", "none", "--target-dir"])
            .arg(&build),
    )?;
    let wanted = |name: &&str| flags.target.as_ref().is_none_or(|target| target == name);
    let waiting: Mutex<Vec<&str>> = Mutex::new(TARGETS.into_iter().filter(wanted).rev().collect());
    let next = || waiting.lock().ok()?.pop();
    let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let binaries = build.join(host.trim()).join("release");

    let findings = thread::scope(|scope| {
        let lane = || {
            let mut findings = Vec::new();
            while let Some(target) = next() {
                let outcome = fuzz(Command::new(binaries.join(target)), target, flags.seconds);
                findings.extend(outcome.err().map(|error| format!("{target}: {error}")));
            }
            findings
        };
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n").into()) }
}

/// Runs one target; an input that breaks it is an error.
fn fuzz(mut program: Command, target: &str, seconds: u32) -> Outcome {
    let folder = root().join("target/fuzz");
    let (corpus, artifacts) = (folder.join("corpus").join(target), folder.join("artifacts"));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let Output { status, stderr, .. } = program
        .arg(&corpus)
        .arg(root().join("fuzz/seeds").join(target))
        .arg(format!("-artifact_prefix={}/{target}-", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=5", "-rss_limit_mb=512", "-max_len=4096", "-print_final_stats=1"])
        .output()?;
    let said = String::from_utf8_lossy(&stderr);
    if !status.success() {
        return Err(format!("{status}\n{}", cause(&said)).into());
    }
    let stat = |name: &str| {
        let line = said.lines().find(|line| line.contains(name));
        line.and_then(|line| line.split_whitespace().last()).unwrap_or("?").to_owned()
    };
    println!(
        "   {target}: {} executions, {} a second, {} MiB at most",
        stat("number_of_executed_units"),
        stat("average_exec_per_sec"),
        stat("peak_rss_mb"),
    );
    Ok(())
}

/// What a target said from its panic on; the last it said, where it ended otherwise.
fn cause(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let panic = lines.iter().position(|line| line.contains("panicked at"));
    let from = panic.unwrap_or(lines.len().saturating_sub(LINES_SHOWN));
    lines[from..].iter().take(LINES_SHOWN).copied().collect::<Vec<_>>().join("\n")
}
