//! Who holds a key: what registered guards said with their last question to the revocation feed.
//!
//! | What a guard said | Of a key |
//! |---|---|
//! | a list with the key | it holds it |
//! | a list with another key of this issuer, in which there was room for this one | it lacks it |
//! | a list with no key of this issuer | nothing: it verifies none of our tokens anyway |
//! | a list that is so long that the key may have been left out | nothing |
//! | no list | nothing |
//!
//! A guard counts until it was not heard of for `revocation.guard_remembered`, by the clock of whoever asks: one that
//! died a minute ago holds nobody up.

use std::collections::HashSet;

use countersign_store::{
    Database, StoreError,
    revocation_guards::{self, GuardRow},
    signing_keys::SigningKeyRow,
};
use jiff::Timestamp;

use crate::settings::Settings;

/// The most characters of a list that guards send.
const LONGEST_LIST: usize = 4096;

/// Registered guards, by name, and what each said of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holders {
    /// They hold it.
    pub holding: Vec<String>,
    /// They hold keys of this issuer, and not this one.
    pub lacking: Vec<String>,
    /// They do not say.
    pub silent: Vec<String>,
}

impl Holders {
    /// How many guards there are.
    pub fn guards(&self) -> usize {
        self.holding.len() + self.lacking.len() + self.silent.len()
    }

    /// Whether at least one guard says so, and no other leaves a doubt.
    pub(super) fn are_all(&self) -> bool {
        !self.holding.is_empty() && self.lacking.is_empty() && self.silent.is_empty()
    }
}

/// What registered guards said of the keys that they hold.
pub struct GuardReports {
    guards: Vec<GuardRow>,
    /// The names of this issuer's keys.
    ours: HashSet<String>,
}

impl GuardReports {
    /// What the database knows now, where there is a revocation feed.
    pub(super) async fn read(
        settings: &Settings,
        database: &Database,
        ours: HashSet<String>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let since = now - settings.revocation.guard_remembered;
        Ok(Self { guards: revocation_guards::list(database, since).await?, ours })
    }

    /// Who holds this key.
    pub fn of(&self, kid: &str) -> Holders {
        let mut holders = Holders::default();
        for guard in &self.guards {
            let list = match self.holds(guard.kids.as_deref(), kid) {
                Some(true) => &mut holders.holding,
                Some(false) => &mut holders.lacking,
                None => &mut holders.silent,
            };
            list.push(guard.name.clone());
        }
        holders
    }

    /// What a list says of a key, if anything.
    fn holds(&self, list: Option<&str>, kid: &str) -> Option<bool> {
        let list = list?;
        if list.split(',').any(|one| one == kid) {
            return Some(true);
        }
        let is_ours = list.split(',').any(|one| self.ours.contains(one));
        let had_room = list.len() + 1 + kid.len() <= LONGEST_LIST;
        let is_listed = !kid.contains(|c: char| c == ',' || c.is_control());
        (is_ours && had_room && is_listed).then_some(false)
    }
}

/// The names of keys.
pub(super) fn names(rows: &[SigningKeyRow]) -> HashSet<String> {
    rows.iter().map(|row| row.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(list: Option<&str>, kid: &str) -> Option<bool> {
        let ours = ["k1", "k2"].map(str::to_owned).into();
        GuardReports { guards: Vec::new(), ours }.holds(list, kid)
    }

    #[test]
    fn a_list_says_what_a_guard_holds_and_only_a_whole_one_what_it_lacks() {
        assert_eq!(says(Some("k1,k2"), "k2"), Some(true));
        assert_eq!(says(Some("k1"), "k2"), Some(false));
        assert_eq!(says(Some("k1,other"), "k2"), Some(false));
        assert_eq!(says(None, "k2"), None);
        assert_eq!(says(Some(""), "k2"), None);
        assert_eq!(says(Some("other,k22"), "k2"), None, "a guard of another issuer");
        assert_eq!(says(Some("k1"), "k,2"), None, "no list has it");
    }

    #[test]
    fn a_list_that_may_have_been_cut_off_says_nothing_of_what_is_not_in_it() {
        let of_length = |length: usize| format!("k1,{}", "x".repeat(length - 3));
        assert_eq!(says(Some(&of_length(4093)), "k2"), Some(false), "there was room for three");
        assert_eq!(says(Some(&of_length(4094)), "k2"), None);
        assert_eq!(says(Some(&format!("{},k2", of_length(4093))), "k2"), Some(true));
    }
}
