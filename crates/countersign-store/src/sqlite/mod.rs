//! SQLite, called in place.
//!
//! One connection writes; it stands behind an asynchronous lock, so that a writer waiting for its
//! turn blocks no thread. Reads take a connection from a pile and put it back. Both wait for a lock
//! that another process holds as `busy.rs` says.

mod busy;
mod statement;
mod transaction;

use std::{
    fs::OpenOptions,
    io::{self, ErrorKind},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, config::DbConfig};
use tokio::sync::OwnedMutexGuard;

use crate::StoreError;

pub(crate) use statement::{execute, execute_all, fetch, first, insert, run, tables};
pub(crate) use transaction::SqliteTransaction;

pub(crate) struct Sqlite {
    writer: Arc<tokio::sync::Mutex<Connection>>,
    readers: Readers,
}

enum Readers {
    /// Connections to the file that nobody uses at the moment.
    Idle { path: PathBuf, pile: Mutex<Vec<Connection>> },
    /// A database in memory has one connection; readers take their turn with the writers.
    Writer,
}

impl Sqlite {
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::new(connect(None)?, Readers::Writer))
    }

    pub(crate) fn file(path: &Path) -> Result<Self, StoreError> {
        let is_new = !path.exists();
        if is_new {
            make_private(path).map_err(|cause| not_opened(path, &cause))?;
        }
        let writer = connect(Some(path))?;
        if is_new {
            write_ahead(&writer)?;
        }
        let pile = Mutex::new(Vec::new());
        Ok(Self::new(writer, Readers::Idle { path: path.to_owned(), pile }))
    }

    fn new(writer: Connection, readers: Readers) -> Self {
        Self { writer: Arc::new(tokio::sync::Mutex::new(writer)), readers }
    }

    /// The one connection that writes, when it is our turn.
    pub(crate) async fn writer(&self) -> OwnedMutexGuard<Connection> {
        Arc::clone(&self.writer).lock_owned().await
    }

    /// Runs `work` on a connection that reads.
    pub(crate) async fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match &self.readers {
            Readers::Writer => work(&*self.writer().await),
            Readers::Idle { path, pile } => {
                let idle = pile.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let connection = idle.map_or_else(|| connect(Some(path)), Ok)?;
                let answer = work(&connection);
                pile.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                answer
            }
        }
    }
}

/// Sessions and hashes of passwords are in it: nobody but its user reads it. SQLite itself would let
/// everybody; to what it puts beside the file, the journals, it gives the rights of the file.
fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        // Of servers that begin at once, another one was first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// SQLite does not wait by itself for others that look at the file while its journal becomes another.
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    let mut looks = 0;
    loop {
        match run(connection, "PRAGMA journal_mode = WAL") {
            Err(error) if error.is_unavailable() && busy::wait(looks) => looks += 1,
            done => return done,
        }
    }
}

fn connect(path: Option<&Path>) -> Result<Connection, StoreError> {
    path.map_or_else(Connection::open_in_memory, Connection::open)
        .and_then(|mut connection| {
            connection.busy_handler(Some(busy::wait))?;
            connection.set_prepared_statement_cache_capacity(64);
            // A commit that was answered survives a power cut, in both journal modes.
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            // Without it a statement with `LIMIT ?` is prepared anew for every value it is given.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            Ok(connection)
        })
        .map_err(|cause| not_opened(path.unwrap_or(Path::new(":memory:")), &cause))
}

fn not_opened(path: &Path, cause: &impl ToString) -> StoreError {
    StoreError::Open { path: path.to_owned(), cause: cause.to_string() }
}
