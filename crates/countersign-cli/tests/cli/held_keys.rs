//! A key is let sign by an operator as soon as every guard holds it.

use std::{process::Command, thread, time::Duration};

use countersign::{Guard, KeySource, Policy, RevocationFeed};
use countersign_testing::{SECRET, binaries::Countersign, file_in, proxy::Proxy};
use tokio::runtime::Runtime;

use crate::wire::{binary, jwks, sign_up, token};

const CREDENTIAL: &str = "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";

/// A guard of this server that takes its keys by way of a line.
async fn guard(server: &Countersign, line: &Proxy) -> Guard {
    let origin = server.url();
    let (name, secret) = CREDENTIAL.split_once(':').expect("a credential");
    let feed = RevocationFeed::at(&format!("{origin}/api/auth/revocations"))
        .and_then(|feed| feed.with_max_staleness(Duration::from_secs(4)))
        .and_then(|feed| feed.registered("a", name, secret));
    let keys = KeySource::jwks_url(&format!("http://{}/api/auth/jwks", line.address()));
    let policy = Policy::new(origin, origin).expect("a policy");
    let guard = Guard::builder(policy, keys.expect("keys")).revocation_feed(feed.expect("a feed"));
    let guard = guard.build().expect("a guard");
    guard.ready().await.expect("it is ready");
    guard
}

#[test]
fn a_key_signs_as_soon_as_every_guard_holds_it_and_a_guard_that_cannot_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "a.db");
    let settings = [
        ("DATABASE_URL", database_url.as_str()),
        ("BETTER_AUTH_SECRET", SECRET),
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", CREDENTIAL),
    ];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let run = |words: &[&str]| {
        let mut command = Command::new(binary());
        let output = command.env_clear().args(words).envs(settings).output().expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).expect("text"))
    };
    let ann = sign_up(server.url(), "ann@example.com");
    token(server.url(), &ann);
    let line = Proxy::start(server.url()["http://".len()..].parse().expect("an address"));
    let line = line.expect("a line");
    let runtime = Runtime::new().expect("a runtime");
    let guard = runtime.block_on(guard(&server, &line));

    line.cut();
    let (done, text) = run(&["keys", "rotate", "--wait", "--timeout", "1"]);
    assert!(!done && text.contains("these guards lack it: tasks/a"), "{text}");
    let kid = text.split(' ').next().expect("a kid").to_owned();
    let (done, text) = run(&["keys", "list"]);
    assert!(done && text.contains("held by 0 of 1 guards, not held by tasks/a"), "{text}");
    assert!(text.contains(": signs, made") && text.contains("; held by 1 of 1 guards"), "{text}");
    let (done, text) = run(&["keys", "plan"]);
    let plan = format!("{kid} is held by 0 of 1 guards, not held by tasks/a");
    assert!(done && text.contains("may sign from") && text.contains(&plan), "{text}");

    thread::scope(|scope| {
        let wait = || run(&["keys", "activate", "--wait", "--timeout", "60"]);
        let both = [(); 2].map(|()| scope.spawn(wait));
        line.mend();
        while !jwks(server.url()).contains(&kid) {
            thread::yield_now();
        }
        // By itself it asks within four minutes.
        runtime.block_on(guard.purge_keys()).expect("keys come");
        for one in both {
            let (done, text) = one.join().expect("it ends");
            assert!(done && text.contains(&format!("{kid} signs from now on")), "{text}");
        }
    });
    let (_, text) = run(&["keys", "list"]);
    assert_eq!(text.matches(": signs, made").count(), 1, "{text}");
    assert_eq!(text.matches(": retired").count(), 1, "{text}");
    let retired = text.lines().find(|line| line.contains(": retired")).expect("one is");
    let (done, text) =
        run(&["keys", "retire", retired.split(' ').next().expect("a kid"), "--withdraw"]);
    assert!(done, "{text}");
    let (_, text) = run(&["keys", "list"]);
    let withdrawn = text.lines().find(|line| line.contains(": withdrawn")).expect("it is");
    assert!(!withdrawn.contains("held by"), "nobody needs it: {withdrawn}");
    let (done, text) = run(&["keys", "activate", "--wait", "--at-once"]);
    assert!(!done && text.contains("cannot be used with"), "{text}");
}
