//! Three servers, four guards, and what goes wrong between them: the history is written down as it was seen
//! from outside, and read afterwards.
//!
//! | File | What is in it |
//! |---|---|
//! | `cluster.rs` | the servers on one PostgreSQL and one Redis |
//! | `guards.rs` | who follows their feed: two guards in Rust, two in Python |
//! | `people.rs`, `people/` | who signs in, gets tokens and takes them back |
//! | `faults.rs` | kills, pauses, partitions, crashes, and clocks that are set |
//! | `history.rs`, `checker.rs` | what happened, and what must not have |
//! | `figures.rs` | how long it takes while nothing is wrong |
//! | `rotation.rs`, `withdrawal.rs` | keys that change every two seconds under load, and what must not happen |
//!
//! `COUNTERSIGN_CHAOS_SEEDS` says how many histories, `COUNTERSIGN_CHAOS_OPERATIONS` how long each is at
//! least, `COUNTERSIGN_CHAOS_TRIALS` how often the time to the last refusal is taken, and
//! `COUNTERSIGN_CHAOS_SECONDS` for how long keys change.

mod checker;
mod cluster;
mod faults;
mod figures;
mod guards;
mod history;
mod people;
mod rotation;
mod withdrawal;

use std::{
    collections::BTreeMap,
    env,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use self::{
    checker::{Bound, violations},
    cluster::Cluster,
    figures::until_the_last_refuses,
    guards::{Guard, MAX_STALENESS, SCOPE},
    history::History,
    people::People,
};

/// How many do something at the same time.
const PEOPLE: usize = 4;

/// How many tokens every guard is asked about in the end.
const ASKED_IN_THE_END: usize = 150;

/// Ends the work of others, also when whoever holds it fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A number from the environment, else few enough for every run of the tests.
fn number(name: &str, few: usize) -> usize {
    let said = env::var_os(name).and_then(|said| said.into_string().ok());
    said.map_or(few, |said| said.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn cluster() -> Cluster {
    Cluster::start(&[("COUNTERSIGN_TOKEN__SCOPE", SCOPE), ("COUNTERSIGN_TOKEN__LIFETIME", "1h")])
}

/// One history: people go on until everything went wrong once, and for so many operations at least.
fn history(cluster: &Cluster, guards: &[Guard], seed: u64, operations: usize) -> History {
    let people = People::new(cluster, guards, seed);
    let mut random = fastrand::Rng::with_seed(seed);
    let good = people.good_token(&mut random);
    assert_eq!(good, faults::GOOD);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..PEOPLE {
            let (people, is_over, mut random) = (&people, &is_over, random.fork());
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    people.act(&mut random);
                }
            });
        }
        let _over = Over(&is_over);
        loop {
            let mut faults = faults::ALL;
            random.shuffle(&mut faults);
            for fault in faults {
                people.suffer(fault, &mut random);
                people.notes.after(30);
            }
            if people.notes.after(0) >= operations {
                break;
            }
        }
    });
    people.settle(ASKED_IN_THE_END, &mut random);
    people.notes.into_history()
}

fn tell(seed: u64, history: &History) {
    let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
    for asked in &history.asked {
        *verdicts.entry(format!("{:?}", asked.verdict)).or_default() += 1;
    }
    let answered = history.taken_back.iter().filter(|end| end.ended.is_some()).count();
    println!(
        "seed {seed}: {} operations, {} faults, {} tokens, {answered} of {} taken back for sure, guards said {verdicts:?}",
        history.operations,
        history.faults,
        history.tokens.len(),
        history.taken_back.len(),
    );
}

#[test]
fn t225_t226_t232_t307_what_was_taken_back_stays_so_whatever_goes_wrong() {
    let (seeds, operations) =
        (number("COUNTERSIGN_CHAOS_SEEDS", 1), number("COUNTERSIGN_CHAOS_OPERATIONS", 1000));
    let cluster = cluster();
    let guards = Guard::four(&cluster);
    for seed in 0..seeds as u64 {
        let history = history(&cluster, &guards, seed, operations);
        tell(seed, &history);
        let found = violations(&history, Bound(MAX_STALENESS));
        assert!(found.is_empty(), "seed {seed}: {} violations\n{}", found.len(), found.join("\n"));
    }
}

#[test]
fn t306_the_last_guard_refuses_soon_after_the_answer() {
    let trials = number("COUNTERSIGN_CHAOS_TRIALS", 40);
    let cluster = cluster();
    let guards = Guard::four(&cluster);
    let people = People::new(&cluster, &guards, 0);
    let times = until_the_last_refuses(&people, trials, &mut fastrand::Rng::with_seed(0));
    println!("from the answer to the last refusal: {times}");
    // On a machine that does much else a single one may take longer.
    assert!(times.median.as_secs() < 1, "{times}");
    let found = violations(&people.notes.into_history(), Bound(MAX_STALENESS));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
