//! How long a client may take.

use std::time::Duration;

/// How long a client may take for each part of a request; the default is what both servers use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the connection, or the answer before, to the end of the head.
    pub head: Duration,
    /// From the head to the end of the body.
    pub body: Duration,
    /// How long a client may take nothing of an answer.
    pub stall: Duration,
    /// From being told to stop to the end.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            body: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}
