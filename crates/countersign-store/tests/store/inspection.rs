//! Looking at a database before using it.

use countersign_store::{
    Database, UnexpectedColumn,
    schema::{BETTER_AUTH, Column, JWKS, Kind, Rule, Table},
};

use crate::engines::stories;

fn all_tables() -> Vec<&'static Table> {
    BETTER_AUTH.iter().chain(&JWKS).collect()
}

stories! {
    a_column_of_another_type_is_named,
    a_new_database_lacks_everything_and_is_complete_after,
    a_missing_column_and_one_that_nobody_fills_are_named,
    what_is_added_to_a_table_comes_after_it,
    what_is_added_to_a_table_comes_with_it,
}

async fn a_new_database_lacks_everything_and_is_complete_after(database: Database) {
    let inspection = database.inspect(&all_tables()).await.expect("inspects");
    assert!(inspection.is_empty && !inspection.is_complete());
    assert_eq!(inspection.missing_tables.len(), 5);
    database.complete(&inspection).await.expect("completes");
    let inspection = database.inspect(&all_tables()).await.expect("inspects");
    assert!(!inspection.is_empty && inspection.is_complete(), "{inspection}");
}

async fn a_missing_column_and_one_that_nobody_fills_are_named(database: Database) {
    static OLD_ACCOUNT: [Table; 1] = [Table {
        name: "account",
        columns: &[
            Column { name: "id", kind: Kind::Text, rule: Rule::Key },
            Column { name: "accountId", kind: Kind::Text, rule: Rule::Required },
            Column { name: "tenant", kind: Kind::Text, rule: Rule::Required },
            Column { name: "note", kind: Kind::Text, rule: Rule::Optional },
        ],
        indexes: &[],
    }];
    database.create(&OLD_ACCOUNT).await.expect("creates");
    let inspection = database.inspect(&[&BETTER_AUTH[2]]).await.expect("inspects");
    assert!(!inspection.is_empty && !inspection.is_complete());
    let missing: Vec<_> =
        inspection.missing_columns.iter().map(|(_, column)| column.name).collect();
    assert!(missing.contains(&"password") && !missing.contains(&"accountId"), "{missing:?}");
    let tenant = UnexpectedColumn { table: "account".to_owned(), column: "tenant".to_owned() };
    assert_eq!(inspection.unexpected_columns, [tenant]);
    let text = inspection.to_string();
    assert!(text.contains("`account`.`password` is missing"), "{text}");
    assert!(text.contains("`account`.`tenant` is NOT NULL without a default"), "{text}");
}

async fn a_column_of_another_type_is_named(database: Database) {
    static COUNTED: [Table; 1] = [Table {
        name: "jwks",
        columns: &[
            Column { name: "id", kind: Kind::Boolean, rule: Rule::Key },
            Column { name: "publicKey", kind: Kind::Text, rule: Rule::Required },
            Column { name: "privateKey", kind: Kind::Text, rule: Rule::Required },
            Column { name: "createdAt", kind: Kind::Boolean, rule: Rule::Required },
            Column { name: "expiresAt", kind: Kind::Date, rule: Rule::Optional },
            Column { name: "alg", kind: Kind::Text, rule: Rule::Optional },
            Column { name: "crv", kind: Kind::Text, rule: Rule::Optional },
        ],
        indexes: &[],
    }];
    database.create(&COUNTED).await.expect("creates");
    let inspection = database.inspect(&[&JWKS[0]]).await.expect("inspects");
    assert!(!inspection.is_complete());
    let misfits: Vec<_> =
        inspection.misfit_columns.iter().map(|column| column.column.as_str()).collect();
    assert_eq!(misfits, ["id", "createdAt"]);
    assert!(inspection.to_string().contains("`jwks`.`id` is of type"), "{inspection}");
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

async fn what_is_added_to_a_table_comes_with_it(database: Database) {
    complete(&database, &with_nicknames(), 2).await;
    complete(&database, &all_tables(), 0).await;
}

async fn what_is_added_to_a_table_comes_after_it(database: Database) {
    complete(&database, &all_tables(), 0).await;
    complete(&database, &with_nicknames(), 2).await;
}

fn with_nicknames() -> Vec<&'static Table> {
    all_tables().into_iter().chain(&NICKNAMES).collect()
}

/// So many columns are missing in tables that will be there, and none after.
async fn complete(database: &Database, tables: &[&'static Table], missing: usize) {
    let inspection = database.inspect(tables).await.expect("inspects");
    assert_eq!(inspection.missing_columns.len(), missing);
    database.complete(&inspection).await.expect("completes");
    let inspection = database.inspect(tables).await.expect("inspects");
    assert!(inspection.is_complete(), "{inspection}");
}
