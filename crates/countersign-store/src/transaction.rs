//! Several statements, all or none.

use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;

use crate::{
    Row, Statement, StoreError,
    mysql::MySql,
    network::NetworkTransaction,
    postgres::Postgres,
    shape::Shape,
    sql::InsertStatement,
    sqlite::{self, SqliteTransaction},
};

/// An open transaction. Dropped without [`commit`](Self::commit), nothing of it happened.
pub struct Transaction {
    pub(crate) engine: TransactionEngine,
    pub(crate) shape: Shape,
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
        let select = &self.shape.fit(select);
        match &mut self.engine {
            TransactionEngine::Sqlite(open) => sqlite::fetch(open.connection(), select, limit),
            TransactionEngine::Postgres(open) => Box::pin(open.fetch(select, limit)).await,
            TransactionEngine::MySql(open) => Box::pin(open.fetch(select, limit)).await,
        }
    }

    /// Runs one insert, update or delete; the number of rows it touched.
    pub async fn execute(&mut self, statement: &impl Statement) -> Result<u64, StoreError> {
        let statement = &self.shape.fit(statement);
        match &mut self.engine {
            TransactionEngine::Sqlite(open) => sqlite::execute(open.connection(), statement),
            TransactionEngine::Postgres(open) => Box::pin(open.execute(statement)).await,
            TransactionEngine::MySql(open) => Box::pin(open.execute(statement)).await,
        }
    }

    /// Adds a row to this table. Where the database counts its ids, `id` becomes the row's.
    pub async fn insert(
        &mut self,
        table: &str,
        insert: &InsertStatement,
        id: &mut String,
    ) -> Result<(), StoreError> {
        if !self.shape.id_kind(table).is_counted() {
            return self.execute(insert).await.map(|_| ());
        }
        let insert = &self.shape.fit_counted(insert);
        *id = match &mut self.engine {
            TransactionEngine::Sqlite(open) => sqlite::insert(open.connection(), insert)?,
            TransactionEngine::Postgres(open) => Box::pin(open.insert(insert)).await?,
            TransactionEngine::MySql(open) => Box::pin(open.insert(insert)).await?,
        };
        Ok(())
    }

    /// Tells whoever [listens](crate::Database::listen) on this channel that this is committed, as soon as it
    /// is. Does nothing where nobody can listen.
    pub async fn notify(&mut self, channel: &'static str) -> Result<(), StoreError> {
        match &mut self.engine {
            TransactionEngine::Sqlite(_) | TransactionEngine::MySql(_) => Ok(()),
            TransactionEngine::Postgres(open) => {
                Box::pin(open.run(&format!("NOTIFY \"{channel}\""))).await
            }
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
