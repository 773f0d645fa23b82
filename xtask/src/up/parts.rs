//! The programs that run together: each is started, its log is written, and all of them stop together.

use std::{
    error::Error,
    fs::File,
    io::Write,
    mem,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use countersign_testing::{Running, Stopper};

use crate::Outcome;

/// What Ctrl-C turns off: the programs that run, and the one that is starting.
#[derive(Clone, Default)]
pub(super) struct Switch(Arc<Mutex<Switched>>);

#[derive(Default)]
struct Switched {
    off: bool,
    programs: Vec<Stopper>,
}

impl Switch {
    /// Tells all programs to stop, the last one first. None starts any more.
    pub(super) fn turn_off(&self) {
        let mut switched = self.switched();
        switched.programs.iter().rev().for_each(|program| program.stop());
        if !mem::replace(&mut switched.off, true) {
            println!("\nStopping …");
        }
    }

    fn is_off(&self) -> bool {
        self.switched().off
    }

    /// The program is turned off with the others, at once if they are off already.
    fn add(&self, program: Stopper) {
        let mut switched = self.switched();
        switched.programs.push(program);
        if switched.off {
            program.stop();
        }
    }

    fn switched(&self) -> MutexGuard<'_, Switched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The programs that run, and their logs.
pub(super) struct Parts {
    home: PathBuf,
    switch: Switch,
    /// Those that ended, by name.
    ended: (mpsc::Sender<&'static str>, mpsc::Receiver<&'static str>),
    logs: Vec<JoinHandle<()>>,
}

impl Parts {
    /// None yet; their logs will be in the folder `home`.
    pub(super) fn new(home: &Path, switch: Switch) -> Self {
        Self { home: home.to_owned(), switch, ended: mpsc::channel(), logs: Vec::new() }
    }

    /// Starts one, and waits until it says `ready`; its log begins with the first line that it says.
    pub(super) fn start(
        &mut self,
        name: &'static str,
        command: &mut Command,
        ready: &str,
    ) -> Outcome {
        if self.switch.is_off() {
            return Err(format!("{name} is not started any more").into());
        }
        let mut running = Running::spawn(command)?;
        self.switch.add(running.stopper());
        running.wait_until_ready(ready)?;
        println!("   {name} is ready; its log is .countersign/{name}.log");
        let (path, tell) = (self.home.join(format!("{name}.log")), self.ended.0.clone());
        self.logs.push(thread::spawn(move || {
            write_log(&running, &path);
            // Nobody listens any more when everything stops already.
            let _ = tell.send(name);
        }));
        Ok(())
    }

    /// Writes logs until somebody turns the switch off or a part ends by itself; then stops all parts.
    pub(super) fn keep_running(self) -> Outcome {
        let name = self.ended.1.recv()?;
        self.stop_after(format!("{name} ended by itself; see .countersign/{name}.log").into())
    }

    /// Stops all parts, for this reason, unless the switch was turned off before: then that is it.
    pub(super) fn stop_after(self, reason: Box<dyn Error>) -> Outcome {
        let was_told = self.switch.is_off();
        self.switch.turn_off();
        for log in self.logs {
            // A writer that panicked has no log to finish.
            let _ = log.join();
        }
        if !was_told {
            return Err(reason);
        }
        println!("Stopped.");
        Ok(())
    }
}

fn write_log(running: &Running, path: &Path) {
    let mut log = File::create(path).ok();
    let mut write = |line: &str| {
        if let Some(file) = &mut log
            && writeln!(file, "{line}").is_err()
        {
            log = None;
        }
    };
    running.said_at_start().iter().for_each(|line| write(line));
    while let Some(line) = running.next_line() {
        write(&line);
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, process::Command, thread};

    use tempfile::{TempDir, tempdir};

    use super::{Parts, Switch};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    /// No programs yet, their switch, and the folder of their logs.
    fn parts() -> (Parts, Switch, TempDir) {
        let (home, switch) = (tempdir().expect("a folder"), Switch::default());
        (Parts::new(home.path(), switch.clone()), switch, home)
    }

    fn log(home: &TempDir, name: &str) -> String {
        fs::read_to_string(home.path().join(format!("{name}.log"))).expect("a log")
    }

    /// A file that whoever reads it waits for a writer of.
    fn pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
    }

    #[test]
    fn logs_begin_with_what_was_said_before_the_program_was_ready() {
        let (mut parts, _, home) = parts();
        let mut script = shell("echo beware; echo it is ready; echo a request");
        parts.start("one", &mut script, "ready").expect("it starts");
        let ended = parts.keep_running().expect_err("nobody told it to").to_string();
        assert!(ended.contains("one ended by itself"), "{ended}");
        assert_eq!(log(&home, "one"), "beware\nit is ready\na request\n");
    }

    #[test]
    fn who_is_told_to_stop_while_the_second_program_starts_stops_both() {
        let (mut parts, switch, home) = parts();
        let mut first = shell("trap 'echo is told; exit' TERM; echo ready; sleep 1000 & wait");
        parts.start("first", &mut first, "ready").expect("it starts");
        let begun = home.path().join("begun");
        pipe(&begun);
        let second = format!("echo > {}; exec sleep 1000", begun.display());
        let by_signal = thread::spawn(move || {
            fs::read(begun).expect("the second one begins");
            switch.turn_off();
        });
        let error = parts.start("second", &mut shell(&second), "ready").expect_err("it is stopped");
        by_signal.join().expect("no panic");
        parts.stop_after(error).expect("that is no failure");
        assert_eq!(log(&home, "first"), "ready\nis told\n");
    }

    #[test]
    fn nothing_is_started_when_all_was_told_to_stop() {
        let (mut parts, switch, home) = parts();
        switch.turn_off();
        let file = home.path().join("begun");
        let mut program = shell(&format!("touch {}; echo ready", file.display()));
        parts.start("late", &mut program, "ready").expect_err("it is too late");
        assert!(!file.exists());
    }

    #[test]
    fn a_program_that_cannot_start_stops_the_others_and_is_the_reason() {
        let (mut parts, _, home) = parts();
        let mut first = shell("echo ready; exec sleep 1000");
        parts.start("first", &mut first, "ready").expect("it starts");
        let error = parts.start("second", &mut shell("echo the port is used"), "ready");
        let error = parts.stop_after(error.expect_err("it ended")).expect_err("a failure");
        assert!(error.to_string().contains("the port is used"), "{error}");
        assert_eq!(log(&home, "first"), "ready\n");
    }
}
