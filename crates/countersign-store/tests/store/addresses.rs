//! Addresses of databases, and what is said when nobody is there.

use std::time::Duration;

use countersign_store::{Database, DatabaseUrl, DatabaseUrlError, PoolSize, sql::Query};
use countersign_testing::free_port;

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let url: DatabaseUrl = "sqlite:/nonexistent/folder/a.db".parse().expect("a URL");
    let error = Database::open(&url).err().expect("refused");
    assert!(error.to_string().contains("/nonexistent/folder/a.db"), "{error}");
    assert!(error.to_string().contains("DATABASE_URL"), "{error}");
}

#[test]
fn a_password_is_never_shown() {
    for scheme in ["postgres", "postgresql", "mysql", "mariadb"] {
        let text = format!("{scheme}://ann:hunter2@db.example.com:1234/auth");
        let url: DatabaseUrl = text.parse().expect("a URL");
        for shown in [url.to_string(), format!("{url:?}")] {
            assert!(shown.contains("db.example.com:1234/auth"), "{shown}");
            assert!(!shown.contains("hunter2") && !shown.contains("ann"), "{shown}");
        }
        for wrong in ["/auth?sslmode=hunter2&ssl-mode=hunter2", "x/auth", ""] {
            let error = format!("{scheme}://ann:hunter2@db.example.com:12{wrong}");
            let error = error.parse::<DatabaseUrl>().expect_err("not well-formed");
            assert!(matches!(error, DatabaseUrlError::Malformed { .. }), "{error:?}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}

#[tokio::test]
async fn where_nobody_listens_the_database_is_unavailable_and_the_password_is_not_told() {
    let port = free_port().expect("a port");
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://ann:hunter2@127.0.0.1:{port}/auth");
        let size = PoolSize { connections: 1, patience: Duration::from_secs(2) };
        let database = Database::open_with(&url.parse().expect("a URL"), size).expect("opens");
        let select = Query::select().column("id").from("user").take();
        let error = database.fetch_all(&select).await.err().expect("nobody there");
        assert!(error.is_unavailable(), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
