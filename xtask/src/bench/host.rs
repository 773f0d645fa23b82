//! The machine and the programs on it, for the page.

use std::{error::Error, fs, path::Path, process::Command};

use crate::step::output;

/// Pairs of a name and a value.
pub(crate) fn facts() -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let memory_kib: f64 = field(&memory, "MemTotal").trim_end_matches(" kB").parse()?;
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    Ok(vec![
        ("Processor", format!("{}, {cores} cores", field(&cpus, "model name"))),
        ("Memory", format!("{:.0} GiB", memory_kib / 1024.0 / 1024.0)),
        ("System", format!("Linux {}", fs::read_to_string("/proc/sys/kernel/osrelease")?.trim())),
        ("Rust", says("rustc")?),
        ("Python", says("python3")?),
        ("Node", says("node")?),
    ])
}

/// A program that may use one core only.
pub(crate) fn pinned(core: usize, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &core.to_string()]).arg(program);
    command
}

fn field(text: &str, name: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim());
    value.unwrap_or("not known").to_owned()
}

fn says(program: &str) -> Result<String, Box<dyn Error>> {
    Ok(output(Command::new(program).arg("--version"))?.trim().to_owned())
}
