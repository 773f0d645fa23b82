//! A database that Better Auth on Node made and filled is served by us, and goes back to Node,
//! and nobody is signed out.

use std::process::Command;

use countersign_jwt::{Clock, KeySet, SystemClock, Verifier};
use countersign_testing::{
    SECRET,
    binaries::Countersign,
    file_in,
    mariadb::MariaDb,
    node::{BetterAuth, BetterAuthOptions},
    postgres::Postgres,
};
use serde_json::Value;

use crate::wire::{binary, jwks, session, sign_in, sign_up, token};

/// Whether the keys that a server publishes verify a token, and under which name.
fn kid_that_verifies(published: &str, token: &str, issuer: &str) -> Option<String> {
    let keys = KeySet::from_jwks_json(published.as_bytes()).expect("a key set");
    let verifier = Verifier::new(issuer, issuer);
    verifier.verify(token, &keys, SystemClock.now()).ok()?;
    keys.kids().next().map(str::to_owned)
}

/// The stories on one engine, each on an empty database.
macro_rules! on {
    ($engine:ident, $place:expr) => {
        mod $engine {
            use super::*;

            #[test]
            fn users_sessions_and_keys_of_better_auth_live_on_and_go_back() {
                let (database_url, _place) = $place;
                live_on_and_go_back(&database_url);
            }

            #[test]
            fn a_database_that_we_made_is_better_auths() {
                let (database_url, _place) = $place;
                ours_is_better_auths(&database_url);
            }

            #[test]
            fn both_serve_one_database_at_the_same_time() {
                let (database_url, _place) = $place;
                both_at_the_same_time(&database_url);
            }
        }
    };
}

on!(sqlite, in_a_file());
on!(postgresql, on_postgresql());
on!(mariadb, on_mariadb());

fn in_a_file() -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    (file_in(&folder, "shared.db"), folder)
}

fn on_postgresql() -> (String, Postgres) {
    let server = Postgres::start().expect("PostgreSQL starts");
    (server.url().to_owned(), server)
}

fn on_mariadb() -> (String, MariaDb) {
    let server = MariaDb::start().expect("MariaDB starts");
    (server.new_database("auth").expect("a database"), server)
}

/// Releases with tables of their own kind; 1.7.1 has `account.issuer`, NOT NULL.
const RELEASES: [&str; 4] = ["1.4.19", "1.5.6", "1.6.34", "1.7.1"];

#[test]
fn earlier_releases_databases_are_served_from_sqlite() {
    for release in RELEASES {
        let (database_url, _place) = in_a_file();
        an_earlier_release_is_taken_over(release, &database_url);
    }
}

#[test]
fn earlier_releases_databases_are_served_from_postgresql() {
    let server = Postgres::start().expect("PostgreSQL starts");
    for release in RELEASES {
        let database_url = server.new_database(&format!("v{release}")).expect("a database");
        an_earlier_release_is_taken_over(release, &database_url);
    }
}

#[test]
fn ids_that_are_numbers_or_uuids_live_on_in_a_file() {
    for ids in ["serial", "uuid"] {
        let (database_url, _place) = in_a_file();
        unusual_ids_live_on(ids, &database_url);
    }
}

#[test]
fn ids_that_are_numbers_or_uuids_live_on_on_postgresql() {
    let server = Postgres::start().expect("PostgreSQL starts");
    for ids in ["serial", "uuid"] {
        unusual_ids_live_on(ids, &server.new_database(ids).expect("a database"));
    }
}

#[test]
fn ids_that_are_numbers_or_uuids_live_on_on_mariadb() {
    let server = MariaDb::start().expect("MariaDB starts");
    for ids in ["serial", "uuid"] {
        unusual_ids_live_on(ids, &server.new_database(ids).expect("a database"));
    }
}

/// Better Auth with `advanced.database.generateId` and we, on one database, in turns and at once.
fn unusual_ids_live_on(ids: &'static str, database_url: &str) {
    println!("{ids}");
    let options = BetterAuthOptions {
        database_url: Some(database_url.to_owned()),
        generate_id: Some(ids),
        ..BetterAuthOptions::default()
    };
    let node = BetterAuth::start(&options).expect("Better Auth starts");
    let ann = sign_up(node.url(), "ann@example.com");
    let (node_url, old_token) = (node.url().to_owned(), token(node.url(), &ann));
    let (seen_by_node, old_keys) = (session(node.url(), &ann), jwks(node.url()));

    let ours = Countersign::start(binary(), &[("DATABASE_URL", database_url)])
        .expect("countersign starts");
    assert_eq!(session(ours.url(), &ann), seen_by_node);
    let ann_with_us = sign_in(ours.url(), "ann@example.com");
    assert_eq!(session(node.url(), &ann_with_us), session(ours.url(), &ann_with_us));
    assert_eq!(jwks(ours.url()), old_keys);
    assert!(kid_that_verifies(&jwks(ours.url()), &old_token, &node_url).is_some());

    let bob = sign_up(ours.url(), "bob@example.com");
    let seen_by_us = session(ours.url(), &bob);
    assert_eq!(session(node.url(), &bob), seen_by_us);
    let id = |seen: &Value, of: &str| seen[of]["id"].as_str().expect("a text").to_owned();
    for of in ["user", "session"] {
        let (old, new) = (id(&seen_by_node, of), id(&seen_by_us, of));
        match ids {
            "serial" => assert!(new.parse::<u32>().expect("a number") > old.parse().expect("too")),
            // Better Auth keeps them as texts where the database has no type for them.
            _ if database_url.starts_with("postgres") => assert_eq!(new.len(), 36, "{new}"),
            _ => assert_ne!(new, old),
        }
    }
    let of_both = [&seen_by_us["user"]["id"], &seen_by_us["session"]["userId"]];
    assert_eq!(of_both[0], of_both[1]);
    drop(ours);
    sign_in(node.url(), "bob@example.com");
    let carla = sign_up(node.url(), "carla@example.com");
    assert_eq!(session(node.url(), &carla)["user"]["email"], "carla@example.com");
}

#[test]
fn a_key_of_ours_has_the_id_that_the_database_gave_it() {
    let (database_url, _place) = on_postgresql();
    let options = BetterAuthOptions {
        database_url: Some(database_url.clone()),
        generate_id: Some("serial"),
        ..BetterAuthOptions::default()
    };
    // Nobody asks Better Auth for a token, so that it makes no key.
    let node = BetterAuth::start(&options).expect("Better Auth starts");
    let ours = Countersign::start(binary(), &[("DATABASE_URL", &database_url)])
        .expect("countersign starts");
    let ann = sign_up(ours.url(), "ann@example.com");
    let by_us = token(ours.url(), &ann);
    assert_eq!(kid_that_verifies(&jwks(node.url()), &by_us, ours.url()).as_deref(), Some("1"));
    let by_node = token(node.url(), &ann);
    assert!(kid_that_verifies(&jwks(ours.url()), &by_node, node.url()).is_some());
}

#[test]
fn a_database_without_keys_is_served_without_tokens_and_says_so() {
    let (database_url, _place) = in_a_file();
    let settings = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        let own = [("DATABASE_URL", database_url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
        own.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let migrate = |what: &str, more: &[(&'static str, &str)]| {
        let mut command = Command::new(binary());
        let said = command.args(["migrate", what]).envs(settings(more)).output().expect("runs");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).expect("text")
    };
    migrate("apply", &[("COUNTERSIGN_TOKEN__ENABLED", "false")]);

    let status = migrate("status", &[("COUNTERSIGN_USERNAME__ENABLED", "auto")]);
    for line in [
        "jwt is off: the table jwks is missing; `countersign migrate apply` adds it",
        "username is off: the column user.username is missing; `countersign migrate apply` adds it",
        "bearer is off: bearer.enabled is false",
    ] {
        assert!(status.lines().any(|said| said == line), "{status}");
    }
    let ours = Countersign::start(binary(), &[("DATABASE_URL", &database_url)])
        .expect("countersign starts");
    sign_up(ours.url(), "ann@example.com");
    drop(ours);
    migrate("apply", &[]);
    assert!(migrate("status", &[]).contains("jwt is on\n"));
    let ours = Countersign::start(binary(), &[("DATABASE_URL", &database_url)])
        .expect("countersign starts");
    let ann = sign_in(ours.url(), "ann@example.com");
    token(ours.url(), &ann);
}

fn an_earlier_release_is_taken_over(release: &'static str, database_url: &str) {
    println!("{release}");
    let options = BetterAuthOptions {
        release: Some(release),
        database_url: Some(database_url.to_owned()),
        ..BetterAuthOptions::default()
    };
    let node = BetterAuth::start(&options).expect("Better Auth starts");
    let ann = sign_up(node.url(), "ann@example.com");
    let (node_url, old_token) = (node.url().to_owned(), token(node.url(), &ann));
    let (seen_by_node, old_keys) = (session(node.url(), &ann), jwks(node.url()));
    drop(node);

    // 1.4 has no `alg` and `crv` in its table of keys.
    let apply = Command::new(binary())
        .args(["migrate", "apply"])
        .envs([("DATABASE_URL", database_url), ("BETTER_AUTH_SECRET", SECRET)])
        .output()
        .expect("runs");
    assert!(apply.status.success(), "{}", String::from_utf8_lossy(&apply.stderr));
    let ours = Countersign::start(binary(), &[("DATABASE_URL", database_url)])
        .expect("countersign starts");
    assert_eq!(session(ours.url(), &ann)["session"]["id"], seen_by_node["session"]["id"]);
    assert_eq!(session(ours.url(), &ann)["user"]["email"], "ann@example.com");
    sign_in(ours.url(), "ann@example.com");
    assert!(kid_that_verifies(&jwks(ours.url()), &old_token, &node_url).is_some());
    assert!(kid_that_verifies(&old_keys, &token(ours.url(), &ann), ours.url()).is_some());
    let bob = sign_up(ours.url(), "bob@example.com");
    drop(ours);

    // And back: who joined us is known there.
    let node = BetterAuth::start(&options).expect("Better Auth starts again");
    assert_eq!(session(node.url(), &bob)["user"]["email"], "bob@example.com");
    sign_in(node.url(), "bob@example.com");
}

fn live_on_and_go_back(database_url: &str) {
    let options = BetterAuthOptions {
        database_url: Some(database_url.to_owned()),
        ..BetterAuthOptions::default()
    };

    // Node makes the database, two users, sessions and a key.
    let node = BetterAuth::start(&options).expect("Better Auth starts");
    let node_url = node.url().to_owned();
    let ann = sign_up(&node_url, "ann@example.com");
    let bob = sign_up(&node_url, "bob@example.com");
    let old_token = token(&node_url, &ann);
    let old_keys = jwks(&node_url);
    let seen_by_node = session(&node_url, &ann);
    drop(node);

    // We serve it: same sessions, same passwords, same key.
    let settings = [("DATABASE_URL", database_url), ("COUNTERSIGN_TOKEN__ISSUER", &node_url)];
    let settings = [settings[0], settings[1], ("COUNTERSIGN_TOKEN__AUDIENCE", &node_url)];
    let ours = Countersign::start(binary(), &settings).expect("countersign starts");
    assert_eq!(session(ours.url(), &ann), seen_by_node);
    assert_eq!(session(ours.url(), &bob)["user"]["email"], "bob@example.com");
    let ann_with_us = sign_in(ours.url(), "ann@example.com");
    assert_eq!(session(ours.url(), &ann_with_us)["user"], seen_by_node["user"]);

    let our_keys = jwks(ours.url());
    assert_eq!(our_keys, old_keys);
    let kid = kid_that_verifies(&our_keys, &old_token, &node_url).expect("the old token is good");
    let new_token = token(ours.url(), &ann);
    assert_eq!(kid_that_verifies(&old_keys, &new_token, &node_url), Some(kid));

    let carla = sign_up(ours.url(), "carla@example.com");
    let seen_by_us = session(ours.url(), &carla);
    drop(ours);

    // Node again: what we wrote is its own.
    let node = BetterAuth::start(&options).expect("Better Auth starts again");
    assert_eq!(session(node.url(), &carla), seen_by_us);
    assert_eq!(session(node.url(), &ann), seen_by_node);
    assert!(session(node.url(), &ann_with_us)["user"].is_object());
    let carla_on_node = sign_in(node.url(), "carla@example.com");
    assert_eq!(session(node.url(), &carla_on_node)["user"], seen_by_us["user"]);
    assert_eq!(jwks(node.url()), old_keys);
}

fn ours_is_better_auths(database_url: &str) {
    let settings = [("DATABASE_URL", database_url)];
    let ours = Countersign::start(binary(), &settings).expect("countersign starts");
    let ann = sign_up(ours.url(), "ann@example.com");
    let our_token = token(ours.url(), &ann);
    let (our_url, our_keys) = (ours.url().to_owned(), jwks(ours.url()));
    drop(ours);

    let options =
        BetterAuthOptions { database_url: Some(database_url.to_owned()), ..Default::default() };
    let node = BetterAuth::start(&options).expect("Better Auth takes our tables");
    assert_eq!(session(node.url(), &ann)["user"]["email"], "ann@example.com");
    sign_in(node.url(), "ann@example.com");
    let node_token = token(node.url(), &ann);
    assert_eq!(jwks(node.url()), our_keys);
    assert!(kid_that_verifies(&our_keys, &our_token, &our_url).is_some());
    assert!(kid_that_verifies(&our_keys, &node_token, node.url()).is_some());
}

fn both_at_the_same_time(database_url: &str) {
    let options =
        BetterAuthOptions { database_url: Some(database_url.to_owned()), ..Default::default() };
    let node = BetterAuth::start(&options).expect("Better Auth starts");
    let ours = Countersign::start(binary(), &[("DATABASE_URL", database_url)]).expect("we start");
    let servers = [node.url(), ours.url()];
    for round in 0..6 {
        let (here, there) = (servers[round % 2], servers[(round + 1) % 2]);
        let cookie = sign_up(here, &format!("person{round}@example.com"));
        assert_eq!(session(there, &cookie), session(here, &cookie));
    }
}

#[test]
fn t149_secrets_with_numbers_are_those_of_better_auth() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "shared.db");
    let (old, new) =
        ("1:an-old-secret-for-tests-0123456789abcdef", "2:a-new-secret-for-tests-0123456789abcdef");
    let better_auth = |secrets: &str| BetterAuthOptions {
        database_url: Some(database_url.clone()),
        secrets: Some(secrets.to_owned()),
        ..Default::default()
    };
    let both = format!("{new},{old}");
    let settings =
        [("DATABASE_URL", database_url.as_str()), ("BETTER_AUTH_SECRETS", both.as_str())];

    let node = BetterAuth::start(&better_auth(old)).expect("Better Auth starts");
    let ann = sign_up(node.url(), "ann@example.com");
    token(node.url(), &ann);
    let keys = jwks(node.url());
    drop(node);

    // Cookies count under the current secret alone; the key lives on.
    let ours = Countersign::start(binary(), &settings).expect("countersign starts");
    assert!(session(ours.url(), &ann).is_null());
    let ann = sign_in(ours.url(), "ann@example.com");
    let by_us = token(ours.url(), &ann);
    assert!(kid_that_verifies(&keys, &by_us, ours.url()).is_some());
    drop(ours);

    let rewrap = Command::new(binary()).args(["keys", "rewrap"]).envs(settings).output();
    assert!(rewrap.expect("the binary runs").status.success());

    // Better Auth with the new secret alone takes our cookie, and signs with the same key.
    let node = BetterAuth::start(&better_auth(new)).expect("Better Auth starts");
    assert_eq!(session(node.url(), &ann)["user"]["email"], "ann@example.com");
    let by_node = token(node.url(), &ann);
    assert!(kid_that_verifies(&keys, &by_node, node.url()).is_some());
    assert_eq!(jwks(node.url()), keys);
}
