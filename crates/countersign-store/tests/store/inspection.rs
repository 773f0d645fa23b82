//! Looking at a database before using it.

use countersign_store::{
    Database, Lack, UnexpectedColumn,
    accounts::{self, CredentialAccount},
    linked_accounts,
    schema::{BETTER_AUTH, Column, JWKS, Kind, PROVIDER_TOKENS, RATE_LIMIT, Rule, Table},
    sessions::{self, Session},
    users,
};

use crate::{
    better_auth::{now, session, user},
    engines::stories,
};

fn all_tables() -> Vec<&'static Table> {
    BETTER_AUTH.iter().chain(&JWKS).collect()
}

stories! {
    columns_that_are_spare_are_null_where_they_are_not_there,
    what_a_table_lacks_has_a_reason,
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
    let unexpected = Lack::Unexpected(inspection.unexpected_columns[0].clone()).to_string();
    assert!(unexpected.contains("let it be NULL, give it a default"), "{unexpected}");
}

async fn a_column_of_another_type_is_named(database: Database) {
    static COUNTED: [Table; 1] = [Table {
        name: "jwks",
        columns: &[
            Column { name: "id", kind: Kind::BigInteger, rule: Rule::Key },
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
    let [id, created_at] = &inspection.misfit_columns[..] else { panic!("{misfits:?}") };
    assert_eq!(id.wanted, "text, uuid, or an integer that the database counts");
    let lack = Lack::Misfit(created_at.clone()).to_string();
    let wanted = ["and has to be date or text", "timestamptz or timestamp", "timestamp(3)"];
    assert!(wanted.iter().any(|wanted| lack.contains(wanted)), "{lack}");
    assert!(lack.contains("change its type in the database"), "{lack}");
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

/// The table without these columns.
fn without(table: &'static Table, absent: &[&str]) -> Table {
    let columns = table.columns.iter().filter(|column| !absent.contains(&column.name)).copied();
    Table { name: table.name, columns: Vec::leak(columns.collect()), indexes: table.indexes }
}

async fn columns_that_are_spare_are_null_where_they_are_not_there(database: Database) {
    let [user_table, session_table, account_table, verification] = &BETTER_AUTH;
    let tokens: Vec<_> = PROVIDER_TOKENS[0].columns.iter().map(|column| column.name).collect();
    database.create(std::slice::from_ref(user_table)).await.expect("creates");
    let smaller =
        [without(session_table, &["ipAddress", "userAgent"]), without(account_table, &tokens)];
    database.create(&smaller).await.expect("creates");
    database.create(std::slice::from_ref(verification)).await.expect("creates");

    let tables: Vec<_> = BETTER_AUTH.iter().collect();
    let inspection = database.inspect(&tables).await.expect("inspects");
    assert_eq!(inspection.missing_columns.len(), 8);
    assert!(tables.iter().all(|table| inspection.lack(table).is_none()), "{inspection}");
    let with_providers: Vec<_> = tables.iter().copied().chain(&PROVIDER_TOKENS).collect();
    let for_providers = database.inspect(&with_providers).await.expect("inspects");
    assert!(for_providers.lack(&PROVIDER_TOKENS[0]).is_some());
    assert_eq!(for_providers.statements().len(), 8, "each is added once");

    let database = database.as_found(&inspection);
    database.execute(&users::insert(&user("ann"))).await.expect("inserts");
    let at_home = Session { user_agent: Some("Firefox".to_owned()), ..session("t1", "ann", 1) };
    database.execute(&sessions::insert(&at_home)).await.expect("inserts");
    let (found, _) = sessions::find_by_token(&database, "t1").await.expect("reads").expect("one");
    assert_eq!((found.ip_address, found.user_agent), (None, None));
    assert_eq!(found.user_id, "ann");
    let account = CredentialAccount {
        id: "account",
        user_id: "ann",
        password_hash: "salt:key",
        created_at: now(),
    };
    database.execute(&accounts::insert_credential(&account)).await.expect("inserts");
    let listed = accounts::list(&database, "ann").await.expect("reads");
    assert_eq!(listed[0].scope, None);
    let found = linked_accounts::find_of_user(&database, "ann", "account").await.expect("reads");
    assert!(found.expect("an account").tokens.access_token.is_none());

    // Once they are there, they are used.
    database.complete(&for_providers).await.expect("completes");
    let inspection = database.inspect(&with_providers).await.expect("inspects");
    assert!(inspection.is_complete(), "{inspection}");
    let database = database.as_found(&inspection);
    let elsewhere = Session { token: "t2".to_owned(), id: "2".to_owned(), ..at_home };
    database.execute(&sessions::insert(&elsewhere)).await.expect("inserts");
    let (found, _) = sessions::find_by_token(&database, "t2").await.expect("reads").expect("one");
    assert_eq!(found.user_agent.as_deref(), Some("Firefox"));
}

async fn what_a_table_lacks_has_a_reason(database: Database) {
    database.create(&[without(&JWKS[0], &["alg"])]).await.expect("creates");
    let tables: Vec<_> = JWKS.iter().chain(&RATE_LIMIT).collect();
    let inspection = database.inspect(&tables).await.expect("inspects");
    let reason = |table| inspection.lack(table).map(|lack| lack.to_string()).unwrap_or_default();
    assert_eq!(
        reason(&JWKS[0]),
        "the column jwks.alg is missing; `countersign migrate apply` adds it"
    );
    assert_eq!(
        reason(&RATE_LIMIT[0]),
        "the table rateLimit is missing; `countersign migrate apply` adds it"
    );
    database.complete(&inspection).await.expect("completes");
    let inspection = database.inspect(&tables).await.expect("inspects");
    assert!(tables.iter().all(|table| inspection.lack(table).is_none()));
}
