//! The database: opened once, shared by clones.

use std::sync::Arc;

use crate::{
    AdditionalColumns, Cells, DatabaseUrl, Dialect, IdKind, Inspection, Names, PoolSize, Prepared,
    Row, ServerUrl, Statement, StoreError, Transaction,
    mysql::MySql,
    network::Network,
    postgres::{Listener, Postgres},
    schema::{Column, Table},
    sessions,
    shape::{Found, Shape},
    sql::InsertStatement,
    sqlite::{self, Sqlite},
    transaction::TransactionEngine,
};

/// A database that is open. Clones share it.
///
/// Methods are `async` because not every engine answers in place; SQLite does. Every method's
/// error says whether trying later may help ([`StoreError::is_unavailable`]).
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    shape: Shape,
    added: Arc<AddedColumns>,
}

/// What the statements about users and sessions read beside the core's columns.
struct AddedColumns {
    of_users: Vec<Column>,
    of_sessions: Vec<Column>,
    /// Every signed-in request runs this one, so it is rendered once.
    session_and_user: Prepared,
}

impl AddedColumns {
    fn new(of_users: Vec<Column>, of_sessions: Vec<Column>) -> Arc<Self> {
        let (of_users, of_sessions) = (each_once(of_users), each_once(of_sessions));
        let session_and_user = sessions::session_and_user(&of_sessions, &of_users);
        Arc::new(Self { of_users, of_sessions, session_and_user })
    }
}

/// Two features may add the same column.
fn each_once(columns: Vec<Column>) -> Vec<Column> {
    let mut once: Vec<Column> = Vec::new();
    for column in columns {
        if once.iter().all(|other| other.name != column.name) {
            once.push(column);
        }
    }
    once
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Network<Postgres>>),
    MySql(Arc<Network<MySql>>),
}

impl Database {
    /// Opens the database with a pool of the usual size.
    ///
    /// A SQLite file that does not exist is created empty, in WAL mode; an existing file keeps its
    /// journal mode. A server is not asked yet: the first statement connects.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_with(url, PoolSize::default())
    }

    /// Opens the database. SQLite has no pool.
    pub fn open_with(url: &DatabaseUrl, size: PoolSize) -> Result<Self, StoreError> {
        let engine = match url {
            DatabaseUrl::SqliteMemory => Engine::Sqlite(Arc::new(Sqlite::in_memory()?)),
            DatabaseUrl::SqliteFile(path) => Engine::Sqlite(Arc::new(Sqlite::file(path)?)),
            DatabaseUrl::Server(server) => Engine::on(server, size)?,
        };
        let added = AddedColumns::new(Vec::new(), Vec::new());
        Ok(Self { engine, shape: Shape::default(), added })
    }

    /// The same database, whose users and sessions have these columns beside the core's: texts, booleans, dates,
    /// or NULL.
    #[must_use]
    pub fn with_added_columns(self, of_users: Vec<Column>, of_sessions: Vec<Column>) -> Self {
        Self { added: AddedColumns::new(of_users, of_sessions), ..self }
    }

    /// A new user's additional columns: all there are, each NULL.
    pub fn additional_columns(&self) -> AdditionalColumns {
        AdditionalColumns::empty(self.user_columns())
    }

    /// A new session's additional columns: all there are, each NULL.
    pub fn session_additional_columns(&self) -> AdditionalColumns {
        AdditionalColumns::empty(self.session_columns())
    }

    /// The columns of users beside the core's.
    pub fn user_columns(&self) -> &[Column] {
        &self.added.of_users
    }

    pub(crate) fn session_columns(&self) -> &[Column] {
        &self.added.of_sessions
    }

    pub(crate) fn session_and_user(&self) -> &Prepared {
        &self.added.session_and_user
    }

    /// The same database, whose tables and columns have these names.
    #[must_use]
    pub fn with_names(self, names: Names) -> Self {
        let names = (!names.are_usual()).then(|| Arc::new(names));
        Self { shape: Shape { names, ..self.shape }, ..self }
    }

    /// The same database, written to as its tables ask, which an [`Inspection`] looked at.
    #[must_use]
    pub fn as_found(self, inspection: &Inspection) -> Self {
        let found = inspection.found();
        let found = (found != Found::default()).then(|| Arc::new(found));
        Self { shape: Shape { found, ..self.shape }, ..self }
    }

    /// What the ids of this table are, as far as an [`Inspection`] looked at it.
    pub fn id_kind(&self, table: &str) -> IdKind {
        self.shape.id_kind(table)
    }

    /// All rows of a select.
    pub async fn fetch_all(&self, select: &impl Statement) -> Result<Vec<Row>, StoreError> {
        self.fetch(select, usize::MAX).await
    }

    /// The first row of a select, if there is one.
    pub async fn fetch_optional(&self, select: &impl Statement) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(select, 1).await?.pop())
    }

    /// The first row of a select that is only read cell by cell, for paths where columns' names would
    /// be felt.
    pub(crate) async fn fetch_cells(
        &self,
        select: &impl Statement,
    ) -> Result<Option<Cells>, StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let select = &self.shape.fit(select);
                sqlite.read(|connection| sqlite::first(connection, select)).await
            }
            _ => Ok(self.fetch_optional(select).await?.map(Row::into_cells)),
        }
    }

    async fn fetch(&self, select: &impl Statement, limit: usize) -> Result<Vec<Row>, StoreError> {
        let select = &self.shape.fit(select);
        // A server's future is large; in a box it does not make the one of SQLite so.
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                sqlite.read(|connection| sqlite::fetch(connection, select, limit)).await
            }
            Engine::Postgres(server) => Box::pin(server.fetch(select, limit)).await,
            Engine::MySql(server) => Box::pin(server.fetch(select, limit)).await,
        }
    }

    /// Runs one insert, update or delete; the number of rows it touched.
    pub async fn execute(&self, statement: &impl Statement) -> Result<u64, StoreError> {
        let statement = &self.shape.fit(statement);
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite::execute(&*sqlite.writer().await, statement),
            Engine::Postgres(server) => Box::pin(server.execute(statement)).await,
            Engine::MySql(server) => Box::pin(server.execute(statement)).await,
        }
    }

    /// Adds a row to this table. Where the database counts its ids, `id` becomes the row's.
    pub async fn insert(
        &self,
        table: &str,
        insert: &InsertStatement,
        id: &mut String,
    ) -> Result<(), StoreError> {
        if !self.id_kind(table).is_counted() {
            return self.execute(insert).await.map(|_| ());
        }
        let insert = &self.shape.fit_counted(insert);
        *id = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite::insert(&*sqlite.writer().await, insert)?,
            Engine::Postgres(server) => Box::pin(server.insert(insert)).await?,
            Engine::MySql(server) => Box::pin(server.insert(insert)).await?,
        };
        Ok(())
    }

    /// Begins a transaction; it is rolled back unless committed.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let engine = match &self.engine {
            Engine::Sqlite(sqlite) => TransactionEngine::on_sqlite(sqlite.writer().await)?,
            Engine::Postgres(server) => {
                TransactionEngine::Postgres(Box::pin(server.begin()).await?)
            }
            Engine::MySql(server) => TransactionEngine::MySql(Box::pin(server.begin()).await?),
        };
        Ok(Transaction { engine, shape: self.shape.clone() })
    }

    /// Hears when a transaction that [notified](Transaction::notify) this channel is committed, on a
    /// connection beside the pool. `None` where no database tells: on SQLite and MySQL.
    pub fn listen(&self, channel: &'static str) -> Option<Listener> {
        match &self.engine {
            Engine::Sqlite(_) | Engine::MySql(_) => None,
            Engine::Postgres(server) => {
                Some(Listener::new(server.driver(), server.patience(), channel))
            }
        }
    }

    /// Creates tables and their indexes where they are missing; all or none, but on MySQL, which
    /// ends a transaction with each of them.
    pub async fn create(&self, tables: &[Table]) -> Result<(), StoreError> {
        let dialect = self.dialect();
        let texts = tables.iter().flat_map(|table| table.create_statements(dialect, IdKind::Text));
        let texts = texts.map(|text| match &self.shape.names {
            Some(names) => names.exchange(&text, dialect, &[]),
            None => text,
        });
        self.execute_all(&texts.collect::<Vec<_>>()).await
    }

    /// Adds the tables, columns and indexes that an [`Inspection`] found missing; all or none, but
    /// on MySQL, which ends a transaction with each of them.
    pub async fn complete(&self, inspection: &Inspection) -> Result<(), StoreError> {
        self.execute_all(&inspection.statements()).await
    }

    /// Runs statements of its own dialect that are no queries, such as those that make a trigger; all or
    /// none, but on MySQL. Their names are those of the database.
    pub async fn install(&self, statements: &[String]) -> Result<(), StoreError> {
        self.execute_all(statements).await
    }

    /// Compares `tables` with what the database has. Changes nothing.
    pub async fn inspect(&self, tables: &[&'static Table]) -> Result<Inspection, StoreError> {
        let found = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(sqlite::tables).await?,
            Engine::Postgres(server) => server.tables().await?,
            Engine::MySql(server) => server.tables().await?,
        };
        Ok(Inspection::compare(self.dialect(), self.shape.names.clone(), tables, &found))
    }

    /// Which SQL it speaks.
    pub fn dialect(&self) -> Dialect {
        match &self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
            Engine::MySql(_) => Dialect::MySql,
        }
    }

    async fn execute_all(&self, texts: &[String]) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite::execute_all(&*sqlite.writer().await, texts),
            Engine::Postgres(server) => server.execute_all(texts).await,
            Engine::MySql(server) => server.execute_all(texts).await,
        }
    }
}

impl Engine {
    fn on(server: &ServerUrl, size: PoolSize) -> Result<Self, StoreError> {
        let unreadable =
            || StoreError::Refused("DATABASE_URL holds options that cannot be read".to_owned());
        if server.dialect() == Dialect::MySql {
            let driver = MySql::at(server.url()).ok_or_else(unreadable)?;
            return Ok(Self::MySql(Arc::new(Network::new(driver, size)?)));
        }
        let driver = Postgres::at(server.url()).ok_or_else(unreadable)?;
        Ok(Self::Postgres(Arc::new(Network::new(driver, size)?)))
    }
}
