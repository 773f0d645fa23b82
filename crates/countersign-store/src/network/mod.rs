//! Databases on a server: a pool of connections, and what is alike for PostgreSQL and MySQL.
//!
//! A connection is used by one statement or transaction at a time. It goes back to the pool only
//! when the server answered the last thing that was asked; when the caller went away in between, or
//! the line broke, it is closed, and the server undoes what was not committed. When one breaks, the
//! resting ones are closed too: they lead to the same server. One that rested for a while is asked
//! whether it still answers before it is used.

mod transaction;

use std::{future::Future, time::Duration};

use deadpool::{
    Runtime,
    managed::{self, Metrics, PoolError, RecycleError, RecycleResult, TimeoutType},
};
use sea_query::Value;
use sqlx::{Connection, error::DatabaseError};

use crate::{Dialect, PoolSize, Row, Statement, StoreError, schema::FoundTable};

pub(crate) use transaction::NetworkTransaction;

/// A connection that rested for longer is asked whether it still answers.
const RESTED: Duration = Duration::from_secs(30);

/// What is different between PostgreSQL and MySQL.
pub(crate) trait Driver: Send + Sync + Sized + 'static {
    type Connection: Connection + Send;
    const DIALECT: Dialect;

    fn connect(&self) -> impl Future<Output = Result<Self::Connection, sqlx::Error>> + Send;

    /// Up to `limit` rows of a select.
    fn fetch(
        connection: &mut Self::Connection,
        text: String,
        values: &[Value],
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send;

    /// The number of rows that an insert, update or delete touched.
    fn execute(
        connection: &mut Self::Connection,
        text: String,
        values: &[Value],
    ) -> impl Future<Output = Result<u64, Failure>> + Send;

    /// The id that the server counted for the one row that an insert added.
    fn insert(
        connection: &mut Self::Connection,
        text: String,
        values: &[Value],
    ) -> impl Future<Output = Result<String, Failure>> + Send;

    /// Runs a text without values, whatever it answers.
    fn run(
        connection: &mut Self::Connection,
        text: String,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// The tables in the schema that unqualified names lead to.
    fn tables(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<Vec<FoundTable>, Failure>> + Send;

    /// Sorts what the server said by what the caller can do about it.
    fn sort(error: &dyn DatabaseError) -> StoreError;
}

/// A statement that was not carried out.
pub(crate) enum Failure {
    /// The driver or the server says so.
    Driver(sqlx::Error),
    /// We do, before it was sent or after the answer was whole.
    Ours(StoreError),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Ours(error)
    }
}

/// A connection, and whether the server answered the last thing that was asked on it.
pub(crate) struct Held<D: Driver> {
    connection: D::Connection,
    is_settled: bool,
}

impl<D: Driver> Held<D> {
    async fn fetch(
        &mut self,
        text: String,
        values: &[Value],
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        self.is_settled = false;
        let answer = D::fetch(&mut self.connection, text, values, limit).await;
        self.settle(answer)
    }

    async fn execute(&mut self, text: String, values: &[Value]) -> Result<u64, StoreError> {
        self.is_settled = false;
        let answer = D::execute(&mut self.connection, text, values).await;
        self.settle(answer)
    }

    async fn insert(&mut self, text: String, values: &[Value]) -> Result<String, StoreError> {
        self.is_settled = false;
        let answer = D::insert(&mut self.connection, text, values).await;
        self.settle(answer)
    }

    async fn run(&mut self, text: &str) -> Result<(), StoreError> {
        self.is_settled = false;
        let answer = D::run(&mut self.connection, text.to_owned()).await;
        self.settle(answer.map_err(Failure::Driver))
    }

    fn settle<T>(&mut self, answer: Result<T, Failure>) -> Result<T, StoreError> {
        let error = match answer {
            Ok(answer) => {
                self.is_settled = true;
                return Ok(answer);
            }
            Err(Failure::Ours(error)) => {
                self.is_settled = true;
                return Err(error);
            }
            Err(Failure::Driver(error)) => error,
        };
        let sorted = sort::<D>(&error);
        // What a server says as it goes away is its last word on this connection.
        self.is_settled = matches!(error, sqlx::Error::Database(_)) && !sorted.is_unavailable();
        Err(sorted)
    }
}

pub(crate) fn sort<D: Driver>(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(said) => D::sort(said.as_ref()),
        sqlx::Error::Io(cause) => StoreError::Unavailable(cause.to_string()),
        sqlx::Error::Tls(cause) => StoreError::Unavailable(format!("TLS: {cause}")),
        sqlx::Error::Encode(_) => {
            StoreError::Refused("a value does not fit the type of its column".to_owned())
        }
        sqlx::Error::Protocol(_) => {
            StoreError::Unavailable("it does not speak the expected protocol".to_owned())
        }
        error => StoreError::Refused(error.to_string()),
    }
}

pub(crate) struct Manager<D> {
    driver: D,
}

impl<D: Driver> managed::Manager for Manager<D> {
    type Type = Held<D>;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Held<D>, sqlx::Error> {
        Ok(Held { connection: self.driver.connect().await?, is_settled: true })
    }

    async fn recycle(&self, held: &mut Held<D>, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if !held.is_settled {
            return Err(RecycleError::message("an answer is missing"));
        }
        if metrics.last_used() > RESTED {
            held.connection.ping().await?;
        }
        Ok(())
    }
}

/// A pool of connections to one server.
pub(crate) struct Network<D: Driver> {
    pool: managed::Pool<Manager<D>>,
}

impl<D: Driver> Network<D> {
    /// Connects to nobody yet.
    pub(crate) fn new(driver: D, size: PoolSize) -> Result<Self, StoreError> {
        let pool = managed::Pool::builder(Manager { driver })
            .max_size(size.connections)
            .runtime(Runtime::Tokio1)
            .timeouts(managed::Timeouts {
                wait: Some(size.patience),
                create: Some(size.patience),
                recycle: Some(size.patience),
            })
            .build()
            .map_err(|error| StoreError::Refused(error.to_string()))?;
        Ok(Self { pool })
    }

    pub(crate) async fn fetch(
        &self,
        select: &impl Statement,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let (text, values) = select.render(D::DIALECT);
        let mut held = self.connection().await?;
        let answer = held.fetch(text.into_owned(), &values, limit).await;
        self.forget_if_broken(&held);
        answer
    }

    pub(crate) async fn execute(&self, statement: &impl Statement) -> Result<u64, StoreError> {
        let (text, values) = statement.render(D::DIALECT);
        let mut held = self.connection().await?;
        let answer = held.execute(text.into_owned(), &values).await;
        self.forget_if_broken(&held);
        answer
    }

    pub(crate) async fn insert(&self, statement: &impl Statement) -> Result<String, StoreError> {
        let (text, values) = statement.render(D::DIALECT);
        let mut held = self.connection().await?;
        let answer = held.insert(text.into_owned(), &values).await;
        self.forget_if_broken(&held);
        answer
    }

    pub(crate) async fn begin(&self) -> Result<NetworkTransaction<D>, StoreError> {
        let mut held = self.connection().await?;
        let answer = held.run("BEGIN").await;
        self.forget_if_broken(&held);
        answer.map(|()| NetworkTransaction::new(held))
    }

    /// Runs texts without values, one after the other; all or none, where the database can do so
    /// with DDL: PostgreSQL can.
    pub(crate) async fn execute_all(&self, texts: &[String]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for text in texts {
            transaction.run(text).await?;
        }
        transaction.commit().await
    }

    pub(crate) async fn tables(&self) -> Result<Vec<FoundTable>, StoreError> {
        let mut held = self.connection().await?;
        held.is_settled = false;
        let answer = D::tables(&mut held.connection).await;
        let answer = held.settle(answer);
        self.forget_if_broken(&held);
        answer
    }

    pub(crate) fn driver(&self) -> &D {
        &self.pool.manager().driver
    }

    /// How long a connection may take.
    pub(crate) fn patience(&self) -> Duration {
        self.pool.timeouts().create.unwrap_or_default()
    }

    async fn connection(&self) -> Result<managed::Object<Manager<D>>, StoreError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => match sort::<D>(&error) {
                StoreError::Refused(text) => StoreError::Unavailable(text),
                error => error,
            },
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Unavailable(
                "every connection is in use; database.pool_size may be too small".to_owned(),
            ),
            PoolError::Timeout(_) => {
                StoreError::Unavailable("it did not answer a connection in time".to_owned())
            }
            error => StoreError::Unavailable(error.to_string()),
        })
    }

    fn forget_if_broken(&self, held: &Held<D>) {
        if !held.is_settled {
            self.pool.retain(|_, _| false);
        }
    }
}
