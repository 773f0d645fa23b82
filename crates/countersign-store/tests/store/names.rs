//! Databases whose tables and columns have other names.

use countersign_store::{
    Database, Names,
    accounts::{self, CredentialAccount},
    schema::{BETTER_AUTH, JWKS},
    sessions,
    sql::{Expr, ExprTrait, Func, Query},
    users,
};

use crate::{
    better_auth::{now, session, user},
    engines::stories,
};

fn people() -> Names {
    let mut names = Names::in_snake_case();
    names.call_table("user", "people");
    names.call_table("session", "Signed In");
    names.call_column("user", "email", "address");
    names.call_column("user", "id", "person");
    names
}

stories! {
    everything_goes_on_under_other_names,
    only_what_is_named_is_under_another_name,
    a_select_in_a_select_has_the_names_of_its_own_table,
}

async fn everything_goes_on_under_other_names(database: Database) {
    let database = database.with_names(people());
    let tables: Vec<_> = BETTER_AUTH.iter().chain(&JWKS).collect();
    let inspection = database.inspect(&tables).await.expect("inspects");
    database.complete(&inspection).await.expect("completes");
    let inspection = database.inspect(&tables).await.expect("inspects");
    assert!(inspection.is_complete(), "{inspection}");

    let mut transaction = database.begin().await.expect("begins");
    transaction.execute(&users::insert(&user("ann"))).await.expect("inserts");
    transaction.execute(&sessions::insert(&session("t1", "ann", 1))).await.expect("inserts");
    transaction.commit().await.expect("commits");
    let found = users::find_by_email(&database, "ann@example.com").await.expect("reads");
    assert_eq!(found, Some(user("ann")));
    let (_, found) = sessions::find_by_token(&database, "t1").await.expect("reads").expect("one");
    assert_eq!(found, user("ann"));
    assert_eq!(sessions::list_live(&database, "ann", now()).await.expect("reads").len(), 1);
    let account = CredentialAccount {
        id: "account",
        user_id: "ann",
        password_hash: "salt:key",
        created_at: now(),
    };
    database.execute(&accounts::insert_credential(&account)).await.expect("inserts");
    let password = accounts::password_of(&database, "ann").await.expect("reads");
    assert_eq!(password.as_deref(), Some("salt:key"));
    let extend = sessions::extend("t1", now(), now());
    assert_eq!(database.execute(&extend).await.expect("runs"), 1);
    assert_eq!(database.execute(&sessions::delete_all("ann")).await.expect("runs"), 1);
}

async fn only_what_is_named_is_under_another_name(database: Database) {
    let mut names = Names::default();
    names.call_column("user", "email", "address");
    let database = database.with_names(names);
    database.create(&BETTER_AUTH).await.expect("creates");
    database.execute(&users::insert(&user("ann"))).await.expect("inserts");
    let theirs = Query::select().column("email").from("user").take();
    let row = database.fetch_optional(&theirs).await.expect("reads").expect("a row");
    assert_eq!(row.text("email").expect("text"), "ann@example.com");
}

async fn a_select_in_a_select_has_the_names_of_its_own_table(database: Database) {
    let database = database.with_names(people());
    database.create(&BETTER_AUTH).await.expect("creates");
    database.execute(&users::insert(&user("ann"))).await.expect("inserts");
    database.execute(&sessions::insert(&session("t1", "ann", 1))).await.expect("inserts");
    let of_ann = Query::select()
        .column("id")
        .from("user")
        .and_where(Expr::col("email").eq("ann@example.com"))
        .take();
    let count = Query::select()
        .expr_as(Func::count(Expr::col("id")), "total")
        .from("session")
        .and_where(Expr::col("userId").in_subquery(of_ann))
        .take();
    let row = database.fetch_optional(&count).await.expect("reads").expect("a row");
    assert_eq!(row.integer("total").expect("a number"), 1);
}
