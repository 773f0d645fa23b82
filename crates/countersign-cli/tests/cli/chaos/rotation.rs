//! Keys that change every two seconds while everybody gets tokens and shows them.

use std::{
    collections::BTreeSet,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use countersign::{Clock, SystemClock};
use countersign_testing::{SECRET, postgres::Postgres};

use super::{
    Over,
    cluster::{Cluster, ORIGIN},
    guards::{Guard, SCOPE},
    history::{Span, Verdict, timed},
    number,
    people::People,
    withdrawal::{Withdrawn, violations},
};
use crate::wire::binary;

/// In seconds; keys are published as long after they signed.
const LIFETIME: i64 = 20;

const SETTINGS: [(&str, &str); 4] = [
    ("COUNTERSIGN_TOKEN__SCOPE", SCOPE),
    ("COUNTERSIGN_TOKEN__ROTATION_INTERVAL", "2s"),
    ("COUNTERSIGN_TOKEN__LIFETIME", "20s"),
    ("COUNTERSIGN_TOKEN__GRACE_PERIOD", "20s"),
];

/// How many get tokens at the same time.
const PEOPLE: usize = 4;

/// What `countersign keys` says; an error with what it says then.
fn keys(
    stores: &[(&str, String)],
    words: &[&str],
    settings: &[(&str, &str)],
) -> Result<String, String> {
    let mut command = Command::new(binary());
    command.arg("keys").args(words).envs(settings.iter().copied());
    let own = [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", ORIGIN)];
    let stores = stores.iter().map(|(name, value)| (*name, value.as_str()));
    let output = command.envs(own).envs(stores).output().expect("it runs");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// Takes a key back that signs no more and has tokens that live, every few keys.
fn withdraw(people: &People<'_>, until: Duration) -> Vec<Withdrawn> {
    let stores = people.cluster.stores();
    let (mut withdrawn, mut seen) = (Vec::<Withdrawn>::new(), 0);
    while SystemClock.steady() < until {
        people.notes.after(20);
        let order = people.notes.write(|history| {
            let mut order: Vec<String> = Vec::new();
            for (token, _) in &history.tokens {
                if !order.contains(&token.key) {
                    order.push(token.key.clone());
                }
            }
            order
        });
        let [.., retired, _, _] = &order[..] else { continue };
        if order.len() < seen + 4 {
            continue;
        }
        seen = order.len();
        let (done, Span { begun, ended }) =
            timed(|| keys(&stores, &["retire", retired, "--withdraw"], &SETTINGS));
        done.expect("it is withdrawn");
        withdrawn.push(Withdrawn { key: retired.clone(), begun, ended });
    }
    withdrawn
}

#[test]
fn t310_keys_that_change_every_two_seconds_refuse_nobody() {
    let seconds = number("COUNTERSIGN_CHAOS_SECONDS", 12) as u64;
    let cluster = Cluster::start(&SETTINGS);
    let guards = Guard::four(&cluster);
    let people = People::new(&cluster, &guards, 0);
    let mut random = fastrand::Rng::with_seed(0);
    people.another_good_token(&mut random);
    let is_over = AtomicBool::new(false);
    let (withdrawn, span) = timed(|| {
        thread::scope(|scope| {
            for _ in 0..PEOPLE {
                let (people, is_over, mut random) = (&people, &is_over, random.fork());
                scope.spawn(move || {
                    while !is_over.load(Ordering::Relaxed) {
                        let token = people.another_good_token(&mut random);
                        for guard in 0..people.guards.len() {
                            people.ask(guard, token, false);
                        }
                        // One of the last ten seconds or so.
                        let earlier = token - random.usize(0..=token.min(1000));
                        people.ask(random.usize(0..people.guards.len()), earlier, false);
                    }
                });
            }
            let _over = Over(&is_over);
            withdraw(&people, SystemClock.steady() + Duration::from_secs(seconds))
        })
    });
    let history = people.notes.into_history();
    let took = span.ended.saturating_sub(span.begun).as_secs();
    let used: BTreeSet<_> = history.tokens.iter().map(|(token, _)| &token.key).collect();
    let unavailable =
        history.asked.iter().filter(|asked| asked.verdict == Verdict::Unavailable).count();
    println!(
        "{took} s, {} keys, {} withdrawn, {} tokens and {} questions ({unavailable} times 503): {} requests/s",
        used.len(),
        withdrawn.len(),
        history.tokens.len(),
        history.asked.len(),
        (history.tokens.len() + history.asked.len()) as u64 / took,
    );
    let found = violations(&history, &withdrawn, LIFETIME);
    assert!(found.is_empty(), "{} violations\n{}", found.len(), found.join("\n"));
    assert!(used.len() > 2 && !withdrawn.is_empty(), "keys did not change");
}

/// Cron on two machines.
#[test]
fn t314_two_who_rotate_at_once_make_one_key() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let database = postgres.new_database("auth").expect("a database");
    let at_once = [("COUNTERSIGN_TOKEN__PUBLISH_AHEAD", "0s")];
    let stores = [("DATABASE_URL", database.clone())];
    let migrated = Command::new(binary())
        .args(["migrate", "apply"])
        .envs([("DATABASE_URL", database.as_str()), ("BETTER_AUTH_SECRET", SECRET)])
        .output()
        .expect("it runs");
    assert!(migrated.status.success(), "{migrated:?}");
    let listed = || {
        let said = keys(&stores, &["list"], &at_once).expect("keys are listed");
        said.lines().last().expect("how many").to_owned()
    };
    keys(&stores, &["rotate"], &at_once).expect("the first key");
    keys(&stores, &["rotate"], &at_once).expect("it signs");
    for round in 0..5 {
        // One stages, or both the same; then one lets it sign, or both do.
        for step in ["stage", "activate"] {
            thread::scope(|scope| {
                let both = [(); 2].map(|()| scope.spawn(|| keys(&stores, &[step], &at_once)));
                let both = both.map(|one| one.join().expect("it does not panic"));
                assert!(both.iter().any(Result::is_ok), "{step}: {both:?}");
            });
        }
        assert!(listed().starts_with(&format!("{} keys", round + 2)), "{}", listed());
    }
}
