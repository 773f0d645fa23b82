//! Steps that say what they do, how far it is and how long it took.

use std::{
    io,
    process::{Command, ExitStatus},
    time::Instant,
};

use crate::Outcome;

/// Tells how long ago it was started.
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "this is what a watch is for")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Counts steps and times them.
pub(crate) struct Steps {
    total: usize,
    done: usize,
    watch: Watch,
}

impl Steps {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, done: 0, watch: Watch::start() }
    }

    /// Does one step; says its name before and its time after.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Outcome) -> Outcome {
        self.done += 1;
        println!("\n── {}/{} {name}", self.done, self.total);
        let watch = Watch::start();
        work().map_err(|error| format!("{name}: {error}"))?;
        println!("   {name}: {:.1} s", watch.seconds());
        Ok(())
    }

    /// How long all steps took.
    pub(crate) fn seconds(&self) -> f64 {
        self.watch.seconds()
    }
}

/// Runs a program to its end, its output shown; a failure is an error with the command line.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let line = line_of(command);
    let status: ExitStatus = command.status().map_err(|error| not_started(&line, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{line}` failed ({status})").into())
}

/// What a program prints.
pub(crate) fn output(command: &mut Command) -> Result<String, Box<dyn std::error::Error>> {
    let line = line_of(command);
    let output = command.output().map_err(|error| not_started(&line, &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("`{line}` failed ({}): {said}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn not_started(line: &str, error: &io::Error) -> String {
    format!("`{line}` could not be started: {error}")
}
