//! The same stories on every engine: each on a database of its own.

use std::{future::Future, pin::Pin};

use countersign_store::{Database, DatabaseUrl};

/// Something every engine has to do, on an empty database.
pub(crate) type Story = fn(Database) -> Pin<Box<dyn Future<Output = ()>>>;

/// Makes of `async fn`s a test each on SQLite, and the list [`Story`]s that servers run.
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        mod in_a_file {
            $(#[test] fn $story() { crate::engines::in_a_file(super::$story); })*
        }
        mod in_memory {
            $(#[test] fn $story() { crate::engines::at("sqlite::memory:", super::$story); })*
        }
        pub(crate) const STORIES: &[(&str, crate::engines::Story)] =
            &[$((stringify!($story), |database| Box::pin($story(database)))),*];
    };
}
pub(crate) use stories;

/// Runs a story at an address.
pub(crate) fn at<F: Future<Output = ()>>(url: &str, story: impl FnOnce(Database) -> F) {
    let url: DatabaseUrl = url.parse().expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        story(Database::open(&url).expect("opens")).await;
    });
}

/// Runs a story in a SQLite file.
pub(crate) fn in_a_file<F: Future<Output = ()>>(story: impl FnOnce(Database) -> F) {
    let folder = tempfile::tempdir().expect("a folder");
    at(&format!("sqlite:{}", folder.path().join("a.db").display()), story);
}
