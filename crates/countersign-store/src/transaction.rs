//! Several statements, all or none.

use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;

use crate::{Row, Statement, StoreError, sqlite};

/// An open transaction. Dropped without [`commit`](Self::commit), nothing of it happened.
pub struct Transaction {
    connection: OwnedMutexGuard<Connection>,
    open: bool,
}

impl Transaction {
    pub(crate) fn begin(connection: OwnedMutexGuard<Connection>) -> Result<Self, StoreError> {
        // IMMEDIATE takes the write lock now: a transaction that first reads and then writes
        // cannot find out half-way that somebody else wrote in between.
        sqlite::run(&connection, "BEGIN IMMEDIATE")?;
        Ok(Self { connection, open: true })
    }

    /// All rows of a select, as this transaction sees them.
    #[expect(clippy::unused_async, reason = "SQLite answers in place; other engines will not")]
    pub async fn fetch_all(&mut self, select: &impl Statement) -> Result<Vec<Row>, StoreError> {
        sqlite::fetch(&self.connection, select, usize::MAX)
    }

    /// The first row of a select, as this transaction sees it.
    #[expect(clippy::unused_async, reason = "SQLite answers in place; other engines will not")]
    pub async fn fetch_optional(
        &mut self,
        select: &impl Statement,
    ) -> Result<Option<Row>, StoreError> {
        Ok(sqlite::fetch(&self.connection, select, 1)?.pop())
    }

    /// Runs one insert, update or delete; the number of rows it touched.
    #[expect(clippy::unused_async, reason = "SQLite answers in place; other engines will not")]
    pub async fn execute(&mut self, statement: &impl Statement) -> Result<u64, StoreError> {
        sqlite::execute(&self.connection, statement)
    }

    /// Makes it durable: when this returns `Ok`, a crash does not undo it.
    #[expect(clippy::unused_async, reason = "SQLite answers in place; other engines will not")]
    pub async fn commit(mut self) -> Result<(), StoreError> {
        sqlite::run(&self.connection, "COMMIT")?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open
            && let Err(error) = sqlite::run(&self.connection, "ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}
