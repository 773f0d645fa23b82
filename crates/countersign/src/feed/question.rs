//! What a guard asks the feed for.

use url::Url;

use super::settings::{LONGEST_NAME, Registration};
use crate::process::Process;

/// The most characters of a list of keys that the issuer takes.
const LONGEST_KIDS: usize = 4096;

/// The address of one question.
pub(super) struct Question<'q> {
    pub(super) url: &'q Url,
    /// What is held: the name of the sequence, and up to where.
    pub(super) held: Option<(&'q str, u64)>,
    /// For how many seconds the answer may wait for news.
    pub(super) wait: u64,
    pub(super) nonce: &'q str,
    /// The guard's name in this process, where it is registered.
    pub(super) guard: Option<&'q str>,
    /// The names of the keys at hand.
    pub(super) kids: &'q [&'q str],
}

impl Question<'_> {
    pub(super) fn address(&self) -> Url {
        let mut url = self.url.clone();
        let mut query = url.query_pairs_mut();
        if let Some((epoch, after)) = self.held {
            query.append_pair("epoch", epoch).append_pair("after", &after.to_string());
        }
        if self.wait > 0 {
            query.append_pair("wait", &self.wait.to_string());
        }
        query.append_pair("nonce", self.nonce);
        if let Some(guard) = self.guard {
            query.append_pair("guard", guard);
            let kids = listed(self.kids);
            if !kids.is_empty() {
                query.append_pair("kids", &kids);
            }
        }
        drop(query);
        url
    }
}

/// The names with commas between them, as far as the issuer takes them: none with a comma of its own or a
/// control character, and as many as there is room for.
fn listed(kids: &[&str]) -> String {
    let mut list = String::new();
    for kid in kids.iter().filter(|kid| !kid.contains(|c: char| c == ',' || c.is_control())) {
        let comma = if list.is_empty() { "" } else { "," };
        if list.len() + comma.len() + kid.len() <= LONGEST_KIDS {
            list.push_str(comma);
            list.push_str(kid);
        }
    }
    list
}

impl Registration {
    /// The guard's name in this process: what one process has taken in, those that were forked from it have
    /// not. They add their number, for which the beginning of a long name makes room.
    pub(super) fn guard_in(&self, process: Process) -> String {
        if process == self.process {
            return self.guard.clone();
        }
        let number = format!(".{}", process.0);
        let beyond = (self.guard.len() + number.len()).saturating_sub(LONGEST_NAME);
        format!("{}{number}", self.guard.get(beyond..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Credential;

    #[test]
    fn a_question_says_what_is_held_and_by_whom() {
        let url: Url = "https://auth.test/api/auth/revocations".parse().unwrap();
        let first =
            Question { url: &url, held: None, wait: 0, nonce: "n-1", guard: None, kids: &["k1"] };
        assert_eq!(first.address().as_str(), "https://auth.test/api/auth/revocations?nonce=n-1");
        let later = Question {
            held: Some(("e&1", 7)),
            wait: 2,
            guard: Some("tasks-1"),
            kids: &["k1", "k,2", "k\n2", "k 3"],
            ..first
        };
        assert_eq!(
            later.address().query(),
            Some("epoch=e%261&after=7&wait=2&nonce=n-1&guard=tasks-1&kids=k1%2Ck+3")
        );
    }

    #[test]
    fn no_more_keys_are_named_than_the_issuer_takes() {
        let long = "k".repeat(LONGEST_KIDS);
        assert_eq!(listed(&[&long]), long);
        assert_eq!(listed(&["k1", &long, "k2"]), "k1,k2");
        assert_eq!(listed(&["1", &long[1..]]), "1");
        assert_eq!(listed(&["1", &long[2..]]).len(), LONGEST_KIDS);
    }

    #[test]
    fn each_process_has_a_name_of_its_own() {
        let registered = |guard: &str| Registration {
            guard: guard.to_owned(),
            credential: Credential::new("tasks", "s").unwrap(),
            process: Process(7),
        };
        assert_eq!(registered("tasks-1").guard_in(Process(7)), "tasks-1");
        assert_eq!(registered("tasks-1").guard_in(Process(4711)), "tasks-1.4711");
        let long = registered(&format!("{}-pod-x2x9z", "a".repeat(54))).guard_in(Process(4711));
        assert_eq!(long, format!("{}-pod-x2x9z.4711", "a".repeat(49)));
    }
}
