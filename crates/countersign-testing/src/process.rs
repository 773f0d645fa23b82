//! A program that runs until its value is dropped.

use std::{
    io::{self, BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a program may take until it says that it is ready.
const PATIENCE: Duration = Duration::from_mins(2);

/// How long a program may take to stop in good order before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// Why a program does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It could not be started at all.
    #[error("cannot start {program}: {cause}")]
    Spawn {
        /// The program.
        program: String,
        /// What the system said.
        cause: io::Error,
    },
    /// It ended, or said nothing of being ready.
    #[error("{program} did not say {expected:?}; it said:\n{said}")]
    NotReady {
        /// The program.
        program: String,
        /// The text that was waited for.
        expected: String,
        /// All it wrote.
        said: String,
    },
    /// Something it needs could not be made.
    #[error("cannot prepare {what}: {cause}")]
    Prepare {
        /// What.
        what: String,
        /// Why.
        cause: String,
    },
}

impl From<io::Error> for StartError {
    fn from(cause: io::Error) -> Self {
        Self::Prepare { what: "a port or a folder".to_owned(), cause: cause.to_string() }
    }
}

/// A program in a process group of its own. Dropped, the group is told to stop, and killed when it
/// does not.
pub struct Running {
    program: String,
    child: Child,
    said_at_start: Vec<String>,
    lines: mpsc::Receiver<String>,
}

impl Running {
    /// Starts the program and waits for a line that holds `ready`.
    pub fn start(command: &mut Command, ready: &str) -> Result<Self, StartError> {
        let mut running = Self::spawn(command)?;
        running.wait_until_ready(ready)?;
        Ok(running)
    }

    /// Starts the program, for whoever may want to stop it before it is ready.
    pub fn spawn(command: &mut Command) -> Result<Self, StartError> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .process_group(0)
            .spawn()
            .map_err(|cause| StartError::Spawn { program: program.clone(), cause })?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            read_lines(stdout, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            read_lines(stderr, sender);
        }
        Ok(Self { program, child, said_at_start: Vec::new(), lines })
    }

    /// Waits for a line that holds `ready`.
    pub fn wait_until_ready(&mut self, ready: &str) -> Result<(), StartError> {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            let is_ready = line.contains(ready);
            self.said_at_start.push(line);
            if is_ready {
                return Ok(());
            }
        }
        Err(StartError::NotReady {
            program: self.program.clone(),
            expected: ready.to_owned(),
            said: self.said_at_start.join("\n"),
        })
    }

    /// The line with which it said that it is ready.
    pub fn ready_line(&self) -> &str {
        self.said_at_start.last().map_or("", String::as_str)
    }

    /// All it wrote until it was ready, that line included; [`next_line`](Self::next_line) goes on behind it.
    pub fn said_at_start(&self) -> &[String] {
        &self.said_at_start
    }

    /// The number of the process, for the kernel's files about it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line it writes; waits for it. `None` when it has ended.
    pub fn next_line(&self) -> Option<String> {
        self.lines.recv().ok()
    }

    /// Tells it to stop in good order, from wherever; [`next_line`](Self::next_line) then ends.
    pub fn stopper(&self) -> Stopper {
        Stopper(i32::try_from(self.child.id()).ok().and_then(Pid::from_raw))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopper().signal(Signal::TERM);
        // Both pipes close when the group is gone: that is the event to wait for.
        while self.lines.recv_timeout(GRACE).is_ok() {}
        self.stopper().signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Stops a program that somebody else waits for, for good or for a while.
#[derive(Clone, Copy)]
pub struct Stopper(Option<Pid>);

impl Stopper {
    /// Sends SIGTERM to the program and its children.
    pub fn stop(self) {
        self.signal(Signal::TERM);
    }

    /// Sends SIGKILL to the program and its children: nothing more runs, and nothing is put in order.
    pub fn kill(self) {
        self.signal(Signal::KILL);
    }

    /// Sends SIGSTOP to the program and its children: they stand still, and nobody is told.
    pub fn pause(self) {
        self.signal(Signal::STOP);
    }

    /// Sends SIGCONT to the program and its children: they go on as if no time had passed.
    pub fn resume(self) {
        self.signal(Signal::CONT);
    }

    fn signal(self, signal: Signal) {
        if let Some(group) = self.0 {
            // A group that ended by itself cannot be told to end.
            let _ = kill_process_group(group, signal);
        }
    }
}

fn read_lines(pipe: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while pipe.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if sender.send(line).is_err() {
                break;
            }
            bytes.clear();
        }
    });
}

#[cfg(test)]
mod tests {
    use std::{iter, process::Command};

    use super::{Running, StartError};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_it_says_before_it_is_ready_is_not_lost() {
        let mut script = shell("echo a warning; echo it is ready; echo a request");
        let running = Running::start(&mut script, "ready").expect("it starts");
        assert_eq!(running.said_at_start(), ["a warning", "it is ready"]);
        assert_eq!(running.ready_line(), "it is ready");
        let later: Vec<_> = iter::from_fn(|| running.next_line()).collect();
        assert_eq!(later, ["a request"]);
    }

    #[test]
    fn who_never_is_ready_is_quoted() {
        let error = Running::start(&mut shell("echo no disk; echo no luck >&2"), "ready").err();
        let Some(StartError::NotReady { said, .. }) = error else { panic!("{error:?}") };
        assert!(said.contains("no disk") && said.contains("no luck"), "{said}");
    }

    #[test]
    fn it_can_be_stopped_before_it_is_ready() {
        let mut running = Running::spawn(&mut shell("exec sleep 1000")).expect("it starts");
        running.stopper().stop();
        assert!(matches!(running.wait_until_ready("ready"), Err(StartError::NotReady { .. })));
    }
}
