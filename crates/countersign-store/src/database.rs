//! The database: opened once, shared by clones.

use std::sync::Arc;

use crate::{
    AdditionalColumns, DatabaseUrl, Inspection, Prepared, Row, Statement, StoreError, Transaction,
    schema::Table,
    sessions,
    sqlite::{self, Sqlite},
};

/// A database that is open. Clones share it.
///
/// Methods are `async` because not every engine answers in place; SQLite does. Every method's
/// error says whether trying later may help ([`StoreError::is_unavailable`]).
#[derive(Clone)]
pub struct Database {
    sqlite: Arc<Sqlite>,
    users: Arc<UserColumns>,
}

/// What the statements about users read beside the core's columns.
struct UserColumns {
    names: Vec<&'static str>,
    /// Every signed-in request runs this one, so it is rendered once.
    session_and_user: Prepared,
}

impl UserColumns {
    fn new(names: Vec<&'static str>) -> Arc<Self> {
        let session_and_user = sessions::session_and_user(&names);
        Arc::new(Self { names, session_and_user })
    }
}

impl Database {
    /// Opens the database; a SQLite file that does not exist is created empty, in WAL mode. An
    /// existing file keeps its journal mode.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let users = UserColumns::new(Vec::new());
        Ok(Self { sqlite: Arc::new(Sqlite::open(url)?), users })
    }

    /// The same database, whose users have these columns beside the core's: texts or NULL.
    #[must_use]
    pub fn with_user_columns(self, names: Vec<&'static str>) -> Self {
        Self { users: UserColumns::new(names), ..self }
    }

    /// A new user's additional columns: all there are, each NULL.
    pub fn additional_columns(&self) -> AdditionalColumns {
        AdditionalColumns::of(self.user_columns().iter().map(|name| (*name, None)).collect())
    }

    pub(crate) fn user_columns(&self) -> &[&'static str] {
        &self.users.names
    }

    pub(crate) fn session_and_user(&self) -> &Prepared {
        &self.users.session_and_user
    }

    /// All rows of a select.
    pub async fn fetch_all(&self, select: &impl Statement) -> Result<Vec<Row>, StoreError> {
        self.sqlite.read(|connection| sqlite::fetch(connection, select, usize::MAX)).await
    }

    /// The first row of a select, if there is one.
    pub async fn fetch_optional(&self, select: &impl Statement) -> Result<Option<Row>, StoreError> {
        self.sqlite.read(|connection| Ok(sqlite::fetch(connection, select, 1)?.pop())).await
    }

    /// Runs one insert, update or delete; the number of rows it touched.
    pub async fn execute(&self, statement: &impl Statement) -> Result<u64, StoreError> {
        let connection = self.sqlite.writer().await;
        sqlite::execute(&connection, statement)
    }

    /// Begins a transaction; it is rolled back unless committed.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        Transaction::begin(self.sqlite.writer().await)
    }

    /// Creates tables and their indexes where they are missing, all or none.
    pub async fn create(&self, tables: &[Table]) -> Result<(), StoreError> {
        let statements: Vec<String> = tables.iter().flat_map(Table::create_statements).collect();
        let connection = self.sqlite.writer().await;
        sqlite::execute_all(&connection, &statements)
    }

    /// Adds the tables, columns and indexes that an [`Inspection`] found missing, all or none.
    pub async fn complete(&self, inspection: &Inspection) -> Result<(), StoreError> {
        let connection = self.sqlite.writer().await;
        sqlite::execute_all(&connection, &inspection.statements())
    }

    /// Compares `tables` with what the database has. Changes nothing.
    pub async fn inspect(&self, tables: &[&'static Table]) -> Result<Inspection, StoreError> {
        let look = |connection: &_| {
            let mut found = Vec::new();
            for table in sqlite::tables(connection)? {
                let columns = sqlite::columns(connection, &table)?;
                found.push((table, columns));
            }
            Ok(Inspection::compare(tables, &found))
        };
        self.sqlite.read(look).await
    }
}
