//! Statements and transactions.

use countersign_store::{
    Database, Prepared, StoreError, date,
    schema::{Column, Kind, Rule, Table},
    sql::{
        DeleteStatement, Expr, ExprTrait, InsertStatement, Query, SelectStatement, UpdateStatement,
        Value,
    },
};
use jiff::{SignedDuration, Timestamp};

use crate::engines::{self, stories};

pub(crate) static NOTES: [Table; 1] = [Table {
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

pub(crate) fn note(id: &str, slug: &str) -> InsertStatement {
    Query::insert()
        .into_table("note")
        .columns(["id", "slug", "text", "done", "due"])
        .values_panic([id.into(), slug.into(), "ünï 🦀".into(), true.into(), date(when()).into()])
        .take()
}

fn all() -> SelectStatement {
    Query::select().columns(["id", "slug", "text", "done", "due"]).from("note").take()
}

stories! {
    what_is_written_is_read,
    a_value_is_never_part_of_the_statement,
    a_second_row_with_a_unique_value_is_told_from_other_errors,
    a_transaction_happens_whole_or_not_at_all,
    dates_keep_their_milliseconds_and_are_compared_as_instants,
    booleans_and_what_is_absent_are_what_they_were,
    text_of_every_language_and_length_is_kept,
    of_twenty_who_use_the_same_row_up_one_does,
    of_twenty_who_move_the_same_row_on_one_does,
    a_transaction_keeps_others_from_writing_what_it_wrote,
    a_row_that_was_changed_but_not_committed_is_unseen,
}

fn when() -> Timestamp {
    "2027-01-15T08:00:00.123Z".parse().expect("a time")
}

async fn what_is_written_is_read(database: Database) {
    database.create(&NOTES).await.expect("creates");
    assert_eq!(database.execute(&note("1", "one")).await.expect("inserts"), 1);
    let row = database.fetch_optional(&all()).await.expect("reads").expect("a row");
    assert_eq!(row.text("text").expect("text"), "ünï 🦀");
    assert!(row.boolean("done").expect("a boolean"));
    assert_eq!(row.timestamp("due").expect("a date"), when());
    let by_slug =
        Query::select().column("id").from("note").and_where(Expr::col("slug").eq("")).take();
    let prepared = Prepared::new(&by_slug);
    let found = database.fetch_optional(&prepared.bind(["one".into()])).await.expect("reads");
    assert_eq!(found.expect("a row").into_cells().text().expect("text"), "1");
    let none = database.fetch_optional(&prepared.bind(["other".into()])).await.expect("reads");
    assert!(none.is_none());
}

async fn a_value_is_never_part_of_the_statement(database: Database) {
    database.create(&NOTES).await.expect("creates");
    let hostile = "'); DROP TABLE note; --";
    database.execute(&note(hostile, "one")).await.expect("inserts");
    let row = database.fetch_optional(&all()).await.expect("reads").expect("a row");
    assert_eq!(row.text("id").expect("text"), hostile);
}

async fn a_second_row_with_a_unique_value_is_told_from_other_errors(database: Database) {
    database.create(&NOTES).await.expect("creates");
    database.execute(&note("1", "one")).await.expect("inserts");
    let error = database.execute(&note("2", "one")).await.expect_err("refused");
    assert!(error.is_duplicate() && !error.is_unavailable(), "{error}");
    let StoreError::Duplicate { column } = error else { panic!("{error}") };
    assert_eq!(column.rsplit('.').next(), Some("slug"));
    let nowhere = Query::select().column("id").from("nowhere").take();
    let error = database.fetch_all(&nowhere).await.err().expect("refused");
    assert!(matches!(error, StoreError::Refused(_)) && !error.is_duplicate(), "{error}");
}

async fn a_transaction_happens_whole_or_not_at_all(database: Database) {
    database.create(&NOTES).await.expect("creates");
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
}

#[test]
fn a_column_that_holds_something_else_is_an_error_that_names_it() {
    engines::in_a_file(async |database| {
        database.create(&NOTES).await.expect("creates");
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

async fn dates_keep_their_milliseconds_and_are_compared_as_instants(database: Database) {
    database.create(&NOTES).await.expect("creates");
    let late = when() + SignedDuration::from_micros(900);
    let mut insert = note("1", "one");
    database.execute(&insert).await.expect("inserts");
    insert = Query::insert()
        .into_table("note")
        .columns(["id", "slug", "done", "due"])
        .values_panic(["2".into(), "two".into(), false.into(), date(late).into()])
        .take();
    database.execute(&insert).await.expect("inserts");
    let found = async |filter: Expr| {
        let rows = database.fetch_all(&all().and_where(filter).take()).await.expect("reads");
        assert!(rows.iter().all(|row| row.timestamp("due").expect("a date") == when()));
        rows.len()
    };
    let millisecond = SignedDuration::from_millis(1);
    assert_eq!(found(Expr::col("due").eq(date(when()))).await, 2);
    assert_eq!(found(Expr::col("due").gt(date(when() - millisecond))).await, 2);
    assert_eq!(found(Expr::col("due").gt(date(when()))).await, 0);
    assert_eq!(found(Expr::col("due").lt(date(when() + millisecond))).await, 2);
    assert_eq!(found(Expr::col("due").lt(date(when()))).await, 0);
}

async fn booleans_and_what_is_absent_are_what_they_were(database: Database) {
    database.create(&NOTES).await.expect("creates");
    let insert = Query::insert()
        .into_table("note")
        .columns(["id", "slug", "text", "done", "due"])
        .values_panic([
            "1".into(),
            "one".into(),
            Value::String(None).into(),
            false.into(),
            Value::String(None).into(),
        ])
        .take();
    database.execute(&insert).await.expect("inserts");
    let row = database.fetch_optional(&all()).await.expect("reads").expect("a row");
    assert!(!row.boolean("done").expect("a boolean"));
    assert_eq!(row.optional_text("text").expect("text"), None);
    assert_eq!(row.optional_timestamp("due").expect("a date"), None);
    let flip = Query::update().table("note").value("done", Expr::col("done").not()).take();
    assert_eq!(database.execute(&flip).await.expect("updates"), 1);
    let done =
        all().and_where(Expr::col("done").eq(true)).and_where(Expr::col("due").is_null()).take();
    assert_eq!(database.fetch_all(&done).await.expect("reads").len(), 1);
    let count = Query::select().expr_as(Expr::col("id").count(), "total").from("note").take();
    let row = database.fetch_optional(&count).await.expect("reads").expect("a row");
    assert_eq!(row.integer("total").expect("a number"), 1);
}

async fn text_of_every_language_and_length_is_kept(database: Database) {
    database.create(&NOTES).await.expect("creates");
    let long = "长".repeat(20_000);
    for (id, text) in ["", " \t\n", "'\"\\%_", "e\u{301}é", "👩‍👩‍👧‍👦 שלום", &long].iter().enumerate()
    {
        let id = id.to_string();
        let insert = Query::insert()
            .into_table("note")
            .columns(["id", "slug", "text", "done"])
            .values_panic([id.as_str().into(), id.as_str().into(), (*text).into(), true.into()])
            .take();
        database.execute(&insert).await.expect("inserts");
        let one = all().and_where(Expr::col("id").eq(id)).take();
        let row = database.fetch_optional(&one).await.expect("reads").expect("a row");
        assert_eq!(row.text("text").expect("text"), *text);
    }
}

/// Runs a statement twenty times at once; how many of them touched a row.
async fn winners(database: &Database, statement: impl Fn() -> Guarded) -> u64 {
    let tries = (0..20).map(|_| {
        let (database, statement) = (database.clone(), statement());
        tokio::spawn(async move {
            match statement {
                Guarded::Delete(delete) => database.execute(&delete).await,
                Guarded::Update(update) => database.execute(&update).await,
            }
        })
    });
    let tries: Vec<_> = tries.collect();
    let mut touched = 0;
    for attempt in tries {
        touched += attempt.await.expect("ends").expect("runs");
    }
    touched
}

enum Guarded {
    Delete(DeleteStatement),
    Update(UpdateStatement),
}

async fn of_twenty_who_use_the_same_row_up_one_does(database: Database) {
    database.create(&NOTES).await.expect("creates");
    database.execute(&note("1", "one")).await.expect("inserts");
    database.execute(&note("2", "two")).await.expect("inserts");
    let spend = || {
        let delete =
            Query::delete().from_table("note").and_where(Expr::col("slug").eq("one")).take();
        Guarded::Delete(delete)
    };
    assert_eq!(winners(&database, spend).await, 1);
    assert_eq!(database.fetch_all(&all()).await.expect("reads").len(), 1);
}

async fn of_twenty_who_move_the_same_row_on_one_does(database: Database) {
    database.create(&NOTES).await.expect("creates");
    database.execute(&note("1", "one")).await.expect("inserts");
    let take = || {
        let update = Query::update()
            .table("note")
            .value("done", false)
            .and_where(Expr::col("id").eq("1"))
            .and_where(Expr::col("done").eq(true))
            .take();
        Guarded::Update(update)
    };
    assert_eq!(winners(&database, take).await, 1);
}

async fn a_transaction_keeps_others_from_writing_what_it_wrote(database: Database) {
    database.create(&NOTES).await.expect("creates");
    database.execute(&note("1", "one")).await.expect("inserts");
    let delete = || Query::delete().from_table("note").and_where(Expr::col("id").eq("1")).take();
    let mut open = database.begin().await.expect("begins");
    assert_eq!(open.execute(&delete()).await.expect("deletes"), 1);
    let other = tokio::spawn({
        let database = database.clone();
        async move { database.execute(&delete()).await }
    });
    tokio::task::yield_now().await;
    drop(open);
    // It was given back, so the other one has it.
    assert_eq!(other.await.expect("ends").expect("deletes"), 1);
}

async fn a_row_that_was_changed_but_not_committed_is_unseen(database: Database) {
    database.create(&NOTES).await.expect("creates");
    let mut open = database.begin().await.expect("begins");
    open.execute(&note("1", "one")).await.expect("inserts");
    open.commit().await.expect("commits");
    let mut open = database.begin().await.expect("begins");
    let flip = Query::update().table("note").value("done", Expr::col("done").not()).take();
    assert_eq!(open.execute(&flip).await.expect("updates"), 1);
    drop(open);
    let row = database.fetch_optional(&all()).await.expect("reads").expect("a row");
    assert!(row.boolean("done").expect("a boolean"));
}
