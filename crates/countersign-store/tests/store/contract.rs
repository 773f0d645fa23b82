//! Statements and transactions.

use countersign_store::{
    Database, DatabaseUrl, Prepared, StoreError, date,
    schema::{Column, Kind, Rule, Table},
    sql::{Expr, ExprTrait, InsertStatement, Query, SelectStatement},
};

static NOTES: [Table; 1] = [Table {
    name: "note",
    columns: &[
        Column { name: "id", kind: Kind::Text, rule: Rule::Key },
        Column { name: "slug", kind: Kind::Text, rule: Rule::Unique },
        Column { name: "text", kind: Kind::Text, rule: Rule::Optional },
        Column { name: "done", kind: Kind::Boolean, rule: Rule::Required },
        Column { name: "due", kind: Kind::Date, rule: Rule::Optional },
    ],
    indexes: &[&["done", "due"]],
}];

/// The same story on every engine.
fn on_every_engine(story: impl AsyncFn(Database)) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite:{}", folder.path().join("a.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    for url in [file.as_str(), "sqlite::memory:"] {
        let url: DatabaseUrl = url.parse().expect("a URL");
        runtime.block_on(async {
            let database = Database::open(&url).expect("opens");
            database.create(&NOTES).await.expect("creates");
            story(database).await;
        });
    }
}

fn note(id: &str, slug: &str) -> InsertStatement {
    Query::insert()
        .into_table("note")
        .columns(["id", "slug", "text", "done", "due"])
        .values_panic([id.into(), slug.into(), "ünï".into(), true.into(), date(when()).into()])
        .take()
}

fn all() -> SelectStatement {
    Query::select().columns(["id", "slug", "text", "done", "due"]).from("note").take()
}

fn when() -> jiff::Timestamp {
    "2027-01-15T08:00:00.123Z".parse().expect("a time")
}

#[test]
fn what_is_written_is_read() {
    on_every_engine(async |database| {
        assert_eq!(database.execute(&note("1", "one")).await.expect("inserts"), 1);
        let row = database.fetch_optional(&all()).await.expect("reads").expect("a row");
        assert_eq!(row.text("text").expect("text"), "ünï");
        assert!(row.boolean("done").expect("a boolean"));
        assert_eq!(row.timestamp("due").expect("a date"), when());
        let by_slug =
            Query::select().column("id").from("note").and_where(Expr::col("slug").eq("")).take();
        let prepared = Prepared::new(&by_slug);
        let found = database.fetch_optional(&prepared.bind(["one".into()])).await.expect("reads");
        assert_eq!(found.expect("a row").into_cells().text().expect("text"), "1");
        let none = database.fetch_optional(&prepared.bind(["other".into()])).await.expect("reads");
        assert!(none.is_none());
    });
}

#[test]
fn a_value_is_never_part_of_the_statement() {
    on_every_engine(async |database| {
        let hostile = "'); DROP TABLE note; --";
        database.execute(&note(hostile, "one")).await.expect("inserts");
        let row = database.fetch_optional(&all()).await.expect("reads").expect("a row");
        assert_eq!(row.text("id").expect("text"), hostile);
    });
}

#[test]
fn a_second_row_with_a_unique_value_is_told_from_other_errors() {
    on_every_engine(async |database| {
        database.execute(&note("1", "one")).await.expect("inserts");
        let error = database.execute(&note("2", "one")).await.expect_err("refused");
        assert!(error.is_duplicate() && !error.is_unavailable(), "{error}");
        let nowhere = Query::select().column("id").from("nowhere").take();
        let error = database.fetch_all(&nowhere).await.err().expect("refused");
        assert!(matches!(error, StoreError::Refused(_)) && !error.is_duplicate(), "{error}");
    });
}

#[test]
fn a_transaction_happens_whole_or_not_at_all() {
    on_every_engine(async |database| {
        let mut transaction = database.begin().await.expect("begins");
        transaction.execute(&note("1", "one")).await.expect("inserts");
        assert_eq!(transaction.fetch_all(&all()).await.expect("reads").len(), 1);
        drop(transaction);
        assert_eq!(database.fetch_all(&all()).await.expect("reads").len(), 0);

        let mut transaction = database.begin().await.expect("begins");
        transaction.execute(&note("1", "one")).await.expect("inserts");
        transaction.execute(&note("2", "one")).await.expect_err("refused");
        drop(transaction);
        assert_eq!(database.fetch_all(&all()).await.expect("reads").len(), 0);

        let mut transaction = database.begin().await.expect("begins");
        transaction.execute(&note("1", "one")).await.expect("inserts");
        transaction.execute(&note("2", "two")).await.expect("inserts");
        transaction.commit().await.expect("commits");
        assert_eq!(database.fetch_all(&all()).await.expect("reads").len(), 2);
    });
}

#[test]
fn a_column_that_holds_something_else_is_an_error_that_names_it() {
    on_every_engine(async |database| {
        let odd = Query::insert()
            .into_table("note")
            .columns(["id", "slug", "done", "due"])
            .values_panic(["1".into(), "one".into(), 7.into(), "yesterday".into()])
            .take();
        database.execute(&odd).await.expect("inserts");
        let row = database.fetch_optional(&all()).await.expect("reads").expect("a row");
        for (error, column) in [
            (row.boolean("done").expect_err("no boolean"), "done"),
            (row.timestamp("due").expect_err("no date"), "due"),
            (row.text("text").expect_err("NULL"), "text"),
            (row.text("nothing").expect_err("no column"), "nothing"),
        ] {
            assert!(error.to_string().contains(column), "{error}");
        }
    });
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let url: DatabaseUrl = "sqlite:/nonexistent/folder/a.db".parse().expect("a URL");
    let error = Database::open(&url).err().expect("refused");
    assert!(error.to_string().contains("/nonexistent/folder/a.db"), "{error}");
    assert!(error.to_string().contains("DATABASE_URL"), "{error}");
}
