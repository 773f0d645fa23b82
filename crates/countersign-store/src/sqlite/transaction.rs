//! A transaction on the one connection that writes.

use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;

use super::run;
use crate::StoreError;

pub(crate) struct SqliteTransaction {
    connection: OwnedMutexGuard<Connection>,
    is_open: bool,
}

impl SqliteTransaction {
    pub(crate) fn begin(connection: OwnedMutexGuard<Connection>) -> Result<Self, StoreError> {
        // IMMEDIATE takes the write lock now: a transaction that first reads and then writes
        // cannot find out half-way that somebody else wrote in between.
        run(&connection, "BEGIN IMMEDIATE")?;
        Ok(Self { connection, is_open: true })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        run(&self.connection, "COMMIT")?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        if self.is_open
            && let Err(error) = run(&self.connection, "ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}
