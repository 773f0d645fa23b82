//! How many connections, and how long to wait for one.

use std::time::Duration;

/// The size of the pool of a database on a server. SQLite has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    /// The most connections at once.
    pub connections: usize,
    /// How long a statement waits for a connection, and a connection for the server.
    pub patience: Duration,
}

impl Default for PoolSize {
    /// Ten connections, as Better Auth's drivers do; five seconds.
    fn default() -> Self {
        Self { connections: 10, patience: Duration::from_secs(5) }
    }
}
