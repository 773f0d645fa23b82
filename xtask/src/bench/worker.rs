//! A program that measures when it is told to, pinned to one core.
//!
//! It first says, in a line of JSON, which cells it has; then it answers each line `CELL MILLISECONDS`
//! with what it saw. In between it waits for input and costs nothing, so that programs in several
//! languages take turns on one core, each warm from its last turn.

use std::{
    error::Error,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde::{Deserialize, de::DeserializeOwned};

/// One library with one algorithm.
#[derive(Clone, Deserialize)]
pub(crate) struct Cell {
    pub(crate) library: String,
    pub(crate) version: String,
    pub(crate) algorithm: String,
}

/// What a program says first.
#[derive(Deserialize)]
pub(crate) struct Hello {
    pub(crate) cells: Vec<Cell>,
    /// Libraries it could have measured, were they installed.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
}

/// What it saw in a window.
#[derive(Deserialize)]
pub(crate) struct Window {
    tokens: f64,
    seconds: f64,
    cpu: f64,
}

impl Window {
    /// Tokens per second of computing: what others do with the core in between does not count.
    pub(crate) fn per_second(&self) -> f64 {
        self.tokens / self.cpu
    }

    /// Which part of the time the program had the core.
    pub(crate) fn share(&self) -> f64 {
        self.cpu / self.seconds
    }
}

/// A running program; it ends when its input does.
pub(crate) struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    name: String,
}

impl Worker {
    /// Starts it and hears what it has.
    pub(crate) fn start(command: &mut Command) -> Result<(Self, Hello), Box<dyn Error>> {
        let name = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} could not be started: {error}"))?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or("the program has no output")?;
        let mut worker = Self { child, input, output: BufReader::new(output), name };
        let hello = worker.answer()?;
        Ok((worker, hello))
    }

    /// Has it measure a cell.
    pub(crate) fn measure(
        &mut self,
        cell: usize,
        milliseconds: u64,
    ) -> Result<Window, Box<dyn Error>> {
        let input = self.input.as_mut().ok_or("the program has no input")?;
        writeln!(input, "{cell} {milliseconds}")?;
        input.flush()?;
        self.answer()
    }

    fn answer<T: DeserializeOwned>(&mut self) -> Result<T, Box<dyn Error>> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(format!("{} ended before it answered", self.name).into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.input.take());
        // Nothing is left to do about a program that cannot be waited for.
        let _ended = self.child.wait();
    }
}
