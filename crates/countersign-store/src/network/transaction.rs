//! Several statements on one connection, all or none.

use deadpool::managed::Object;

use super::{Driver, Manager};
use crate::{Row, Statement, StoreError};

pub(crate) struct NetworkTransaction<D: Driver> {
    /// `None` when it has ended.
    held: Option<Object<Manager<D>>>,
}

impl<D: Driver> NetworkTransaction<D> {
    pub(super) fn new(held: Object<Manager<D>>) -> Self {
        Self { held: Some(held) }
    }

    fn held(&mut self) -> Result<&mut Object<Manager<D>>, StoreError> {
        self.held.as_mut().ok_or_else(|| StoreError::Refused("the transaction is over".to_owned()))
    }

    pub(crate) async fn fetch(
        &mut self,
        select: &impl Statement,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let (text, values) = select.render(D::DIALECT);
        self.held()?.fetch(text.into_owned(), &values, limit).await
    }

    pub(crate) async fn execute(&mut self, statement: &impl Statement) -> Result<u64, StoreError> {
        let (text, values) = statement.render(D::DIALECT);
        self.held()?.execute(text.into_owned(), &values).await
    }

    pub(crate) async fn insert(
        &mut self,
        statement: &impl Statement,
    ) -> Result<String, StoreError> {
        let (text, values) = statement.render(D::DIALECT);
        self.held()?.insert(text.into_owned(), &values).await
    }

    pub(crate) async fn run(&mut self, text: &str) -> Result<(), StoreError> {
        self.held()?.run(text).await
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.run("COMMIT").await?;
        self.held = None;
        Ok(())
    }
}

impl<D: Driver> Drop for NetworkTransaction<D> {
    fn drop(&mut self) {
        let Some(mut held) = self.held.take() else { return };
        match tokio::runtime::Handle::try_current() {
            // The connection goes back to the pool when the server has undone everything.
            Ok(runtime) if held.is_settled => {
                runtime.spawn(async move {
                    if let Err(error) = held.run("ROLLBACK").await {
                        tracing::warn!(%error, "a transaction is rolled back by closing its connection");
                    }
                });
            }
            // Without an answer or a runtime: the server undoes it when the connection closes.
            _ => drop(Object::take(held)),
        }
    }
}
