//! Looking at a database before using it.

use countersign_store::{
    Database, UnexpectedColumn,
    schema::{BETTER_AUTH, Column, JWKS, Kind, Rule, Table},
};

fn all_tables() -> Vec<&'static Table> {
    BETTER_AUTH.iter().chain(&JWKS).collect()
}

fn in_memory() -> Database {
    Database::open(&"sqlite::memory:".parse().expect("a URL")).expect("opens")
}

#[tokio::test]
async fn a_new_database_lacks_everything_and_is_complete_after() {
    let database = in_memory();
    let inspection = database.inspect(&all_tables()).await.expect("inspects");
    assert!(inspection.is_empty && !inspection.is_complete());
    assert_eq!(inspection.missing_tables.len(), 5);
    database.complete(&inspection).await.expect("completes");
    let inspection = database.inspect(&all_tables()).await.expect("inspects");
    assert!(!inspection.is_empty && inspection.is_complete(), "{inspection}");
}

#[tokio::test]
async fn a_missing_column_and_one_that_nobody_fills_are_named() {
    static OLD_ACCOUNT: [Table; 1] = [Table {
        name: "account",
        columns: &[
            Column { name: "id", kind: Kind::Text, rule: Rule::Key },
            Column { name: "accountId", kind: Kind::Text, rule: Rule::Required },
            Column { name: "issuer", kind: Kind::Text, rule: Rule::Required },
            Column { name: "note", kind: Kind::Text, rule: Rule::Optional },
        ],
        indexes: &[],
    }];
    let database = in_memory();
    database.create(&OLD_ACCOUNT).await.expect("creates");
    let inspection = database.inspect(&[&BETTER_AUTH[2]]).await.expect("inspects");
    assert!(!inspection.is_empty && !inspection.is_complete());
    let missing: Vec<_> =
        inspection.missing_columns.iter().map(|(_, column)| column.name).collect();
    assert!(missing.contains(&"password") && !missing.contains(&"accountId"), "{missing:?}");
    let issuer = UnexpectedColumn { table: "account", column: "issuer".to_owned() };
    assert_eq!(inspection.unexpected_columns, [issuer]);
    let text = inspection.to_string();
    assert!(text.contains("`account`.`password` is missing"), "{text}");
    assert!(text.contains("`account`.`issuer` is NOT NULL without a default"), "{text}");
}

/// What a feature would add to `user`.
static NICKNAMES: [Table; 1] = [Table {
    name: "user",
    columns: &[
        Column { name: "nickname", kind: Kind::Text, rule: Rule::OptionalUnique },
        Column { name: "motto", kind: Kind::Text, rule: Rule::Optional },
    ],
    indexes: &[],
}];

#[tokio::test]
async fn what_is_added_to_a_table_comes_with_it_or_after_it() {
    let (plain, more): (Vec<_>, Vec<_>) =
        (all_tables(), all_tables().into_iter().chain(&NICKNAMES).collect());
    for (before, missing) in [(None, 2), (Some(&plain), 2)] {
        let database = in_memory();
        if let Some(before) = before {
            let inspection = database.inspect(before).await.expect("inspects");
            database.complete(&inspection).await.expect("completes");
        }
        let inspection = database.inspect(&more).await.expect("inspects");
        assert_eq!(inspection.missing_columns.len(), missing);
        database.complete(&inspection).await.expect("completes");
        for tables in [&more, &plain] {
            let inspection = database.inspect(tables).await.expect("inspects");
            assert!(inspection.is_complete(), "{inspection}");
        }
    }
}
