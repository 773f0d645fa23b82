//! Locks of a SQLite file that another process holds.

use countersign_store::{Database, DatabaseUrl, sql::Query};
use rusqlite::Connection;
use tokio::sync::oneshot;

#[test]
fn who_waits_for_a_lock_keeps_no_thread_of_the_runtime() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let other = Connection::open(&path).expect("opens");
    other.execute_batch("CREATE TABLE note (id TEXT)").expect("is made");
    let url: DatabaseUrl = format!("sqlite:{}", path.display()).parse().expect("a URL");

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build();
    runtime.expect("a runtime").block_on(async {
        let database = Database::open(&url).expect("opens");
        other.execute_batch("BEGIN EXCLUSIVE").expect("is free");
        let (asks, asked) = oneshot::channel();
        let reader = tokio::spawn(async move {
            asks.send(()).expect("the other waits for it");
            let select = Query::select().column("id").from("note").take();
            database.fetch_all(&select).await
        });
        // The same thread has to get here while the reader waits.
        let holder = tokio::spawn(async move {
            asked.await.expect("the reader begins");
            other.execute_batch("ROLLBACK")
        });
        assert!(reader.await.expect("no panic").expect("is free in time").is_empty());
        holder.await.expect("no panic").expect("ends");
    });
}
