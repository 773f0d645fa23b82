//! `cargo xtask threats`: which cases of the catalogue of attacks have a test, and where it is.
//!
//! A test says in its name which case it is: `t016_a_member_named_twice_is_refused` in Rust,
//! `test_t053_…` in Python, `"t127 …"` in the conformance scenarios; one test may answer several
//! (`t091_t092_…`). [`catalogue`] says what has to be there. The tests below compare the two, so that a
//! case cannot lose its test without somebody saying so.

mod catalogue;
mod names;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use countersign_testing::root;

use self::catalogue::{REQUIRED, TESTED, WITHOUT_TEST};
use crate::{Outcome, step::output};

/// Names of tests by the number of the case they answer.
type Found = BTreeMap<u16, Vec<String>>;

/// Prints the table, and says what is missing.
pub(crate) fn run() -> Outcome {
    let found = tests_of_the_repository()?;
    for (case, tests) in &found {
        println!("T{case}");
        for test in tests {
            println!("   {test}");
        }
    }
    for (cases, why) in &WITHOUT_TEST {
        println!("{}: {why}", list(*cases));
    }
    match complaint(&found) {
        Some(complaint) => Err(complaint.into()),
        None => Ok(()),
    }
}

/// What catalogue and tests disagree about.
fn complaint(found: &Found) -> Option<String> {
    let (tested, required) = (numbers(TESTED), numbers(REQUIRED));
    let found: BTreeSet<u16> = found.keys().copied().collect();
    let without: BTreeSet<u16> =
        WITHOUT_TEST.iter().flat_map(|(cases, _)| *cases).copied().collect();
    let said = &tested | &without;
    [
        (&tested - &found, "these have lost their tests"),
        (
            &found - &tested,
            "these have tests; add them to TESTED in xtask/src/threats/catalogue.rs",
        ),
        (&tested & &without, "these are in TESTED and in WITHOUT_TEST"),
        (&required - &said, "these are in neither TESTED nor WITHOUT_TEST"),
    ]
    .into_iter()
    .find(|(cases, _)| !cases.is_empty())
    .map(|(cases, what)| format!("{what}: {}", list(&cases)))
}

fn numbers(ranges: &[(u16, u16)]) -> BTreeSet<u16> {
    ranges.iter().flat_map(|(first, last)| *first..=*last).collect()
}

fn list<'a>(cases: impl IntoIterator<Item = &'a u16>) -> String {
    let cases: Vec<_> = cases.into_iter().map(|case| format!("T{case}")).collect();
    cases.join(", ")
}

fn tests_of_the_repository() -> Result<Found, Box<dyn std::error::Error>> {
    let mut listing = Command::new("git");
    listing
        .current_dir(root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "--"])
        .args(["crates", "apps", "conformance/scenarios", "examples", "packages"]);
    let mut found = Found::new();
    for file in output(&mut listing)?.lines() {
        let Some(language) = names::Language::of(file) else { continue };
        // A file that was deleted and not yet staged is still listed.
        let Ok(source) = fs::read_to_string(root().join(file)) else { continue };
        for name in language.tests(&source) {
            for case in names::cases(&name) {
                found.entry(case).or_default().push(format!("{file}: {name}"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{complaint, tests_of_the_repository};

    #[test]
    fn catalogue_and_tests_agree() {
        let found = tests_of_the_repository().expect("the sources can be read");
        assert_eq!(complaint(&found), None);
    }

    #[test]
    fn a_case_that_loses_its_test_is_named() {
        let mut found = tests_of_the_repository().expect("the sources can be read");
        found.remove(&90);
        assert_eq!(complaint(&found).as_deref(), Some("these have lost their tests: T90"));
    }
}
