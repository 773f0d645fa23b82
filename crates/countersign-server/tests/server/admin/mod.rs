//! Bans and roles: Better Auth's plugin `admin`.

mod audit;
mod bans;
mod copies;
mod databases;
mod meanwhile;
mod operator;
mod rights;
mod ways_in;

use countersign_store::{ColumnValue, Database, UserColumn, users};
use countersign_testing::{file_in, mariadb::MariaDb, postgres::Postgres};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    fixture::{PASSWORD, Reply, TestServer},
    storage_faults::open,
};

pub(crate) const ADMIN: (&str, &str) = ("COUNTERSIGN_ADMIN__ENABLED", "true");

/// A server on a file that others can write, too.
struct Shared {
    server: TestServer,
    url: String,
    _folder: TempDir,
}

impl Shared {
    async fn start(changes: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = file_in(&folder, "a.db");
        let settings = [&[ADMIN, ("DATABASE_URL", url.as_str())], changes].concat();
        Self { server: TestServer::start(&settings).await, url, _folder: folder }
    }
}

/// Does it on each kind of database: a server, and the address of its database.
async fn on_every_database(test: impl AsyncFn(&TestServer, &str)) {
    let shared = Shared::start(&[]).await;
    test(&shared.server, &shared.url).await;
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    test(&TestServer::start(&[ADMIN, ("DATABASE_URL", &url)]).await, &url).await;
    let mariadb = MariaDb::start().expect("MariaDB starts");
    let url = mariadb.new_database("auth").expect("a database");
    test(&TestServer::start(&[ADMIN, ("DATABASE_URL", &url)]).await, &url).await;
}

async fn sign_in(server: &TestServer, email: &str) -> Reply {
    server.post("/sign-in/email", &json!({ "email": email, "password": PASSWORD })).await
}

/// Puts a value into a column of a user, as another program would.
async fn put(database: &Database, email: &str, column: &'static str, value: Option<ColumnValue>) {
    let user = users::find_by_email(database, email).await.expect("reads").expect("a user");
    let column = UserColumn::named(column);
    let written = users::put(&user.id, &[(&column, value)], user.updated_at);
    assert_eq!(database.execute(&written).await.expect("writes"), 1);
}

/// Signs up an administrator, whose browser it is from then on.
async fn boss(server: &TestServer, url: &str) -> Value {
    server.forget_cookies();
    let boss = server.sign_up(&json!({ "email": "boss@example.com" })).await.json();
    let admin = Some(ColumnValue::Text("admin".to_owned()));
    put(&open(url), "boss@example.com", "role", admin).await;
    boss
}
