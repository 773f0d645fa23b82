//! A Redis of its own.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    process::Command,
};

use tempfile::TempDir;

use crate::{Running, StartError, free_port};

/// A Redis server that keeps nothing on the disk.
pub struct Redis {
    port: u16,
    process: Option<Running>,
    folder: TempDir,
}

impl Redis {
    /// Starts it on a free port; needs Debian's package `redis-server`.
    pub fn start() -> Result<Self, StartError> {
        let (port, folder) = (free_port()?, tempfile::tempdir()?);
        let mut redis = Self { port, process: None, folder };
        redis.restart()?;
        Ok(redis)
    }

    /// `redis://…`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it: nobody listens on its port any more.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again on the same port, empty.
    pub fn restart(&mut self) -> Result<(), StartError> {
        self.process = None;
        let mut server = Command::new("redis-server");
        server.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        server.args(["--port", &self.port.to_string(), "--dir"]).arg(self.folder.path());
        self.process = Some(Running::start(&mut server, "Ready to accept connections")?);
        Ok(())
    }

    /// Runs a command whose words hold no spaces, and returns the answer's only value: a text, a number,
    /// or `None` for what is not there.
    ///
    /// # Panics
    ///
    /// When Redis does not answer, or refuses.
    pub fn run(&self, command: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("Redis listens");
        stream.write_all(format!("{command}\r\n").as_bytes()).expect("the command goes out");
        let mut answer = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            answer.read_line(&mut line).expect("an answer comes back");
            line.trim_end_matches(['\r', '\n']).to_owned()
        };
        let first = line();
        match first.split_at_checked(1) {
            Some(("$", "-1")) => None,
            Some(("$", _)) => Some(line()),
            Some((":" | "+", value)) => Some(value.to_owned()),
            _ => panic!("{command}: {first}"),
        }
    }
}
