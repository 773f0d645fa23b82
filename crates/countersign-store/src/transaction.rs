//! Several statements, all or none.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;

use crate::{
    Names, Row, Statement, StoreError,
    issuer::WithIssuer,
    mysql::MySql,
    names::Renamed,
    network::NetworkTransaction,
    postgres::Postgres,
    sqlite::{self, SqliteTransaction},
};

/// An open transaction. Dropped without [`commit`](Self::commit), nothing of it happened.
pub struct Transaction {
    pub(crate) engine: TransactionEngine,
    pub(crate) names: Option<Arc<Names>>,
    pub(crate) needs_issuer: bool,
}

pub(crate) enum TransactionEngine {
    Sqlite(SqliteTransaction),
    Postgres(NetworkTransaction<Postgres>),
    MySql(NetworkTransaction<MySql>),
}

impl TransactionEngine {
    pub(crate) fn on_sqlite(connection: OwnedMutexGuard<Connection>) -> Result<Self, StoreError> {
        Ok(Self::Sqlite(SqliteTransaction::begin(connection)?))
    }
}

impl Transaction {
    /// All rows of a select, as this transaction sees them.
    pub async fn fetch_all(&mut self, select: &impl Statement) -> Result<Vec<Row>, StoreError> {
        self.fetch(select, usize::MAX).await
    }

    /// The first row of a select, as this transaction sees it.
    pub async fn fetch_optional(
        &mut self,
        select: &impl Statement,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(select, 1).await?.pop())
    }

    async fn fetch(
        &mut self,
        select: &impl Statement,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let select = &Renamed { statement: select, names: self.names.as_deref() };
        match &mut self.engine {
            TransactionEngine::Sqlite(open) => sqlite::fetch(open.connection(), select, limit),
            TransactionEngine::Postgres(open) => Box::pin(open.fetch(select, limit)).await,
            TransactionEngine::MySql(open) => Box::pin(open.fetch(select, limit)).await,
        }
    }

    /// Runs one insert, update or delete; the number of rows it touched.
    pub async fn execute(&mut self, statement: &impl Statement) -> Result<u64, StoreError> {
        let statement = &WithIssuer { statement, is_needed: self.needs_issuer };
        let statement = &Renamed { statement, names: self.names.as_deref() };
        match &mut self.engine {
            TransactionEngine::Sqlite(open) => sqlite::execute(open.connection(), statement),
            TransactionEngine::Postgres(open) => Box::pin(open.execute(statement)).await,
            TransactionEngine::MySql(open) => Box::pin(open.execute(statement)).await,
        }
    }

    /// Makes it durable: when this returns `Ok`, a crash does not undo it.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.engine {
            TransactionEngine::Sqlite(open) => open.commit(),
            TransactionEngine::Postgres(open) => Box::pin(open.commit()).await,
            TransactionEngine::MySql(open) => Box::pin(open.commit()).await,
        }
    }
}
