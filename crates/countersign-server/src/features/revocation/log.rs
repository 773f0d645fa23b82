//! The entries that still refuse something, in memory, in their order.

use std::collections::VecDeque;

use countersign_store::revocations::Head;

use super::entry::Entry;

/// The most entries of one answer.
pub(super) const PAGE: usize = 10_000;

/// What this server knows of the sequence.
pub(super) struct Log {
    head: Head,
    entries: VecDeque<Entry>,
}

/// Up to which entry somebody has followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Followed {
    pub(super) epoch: String,
    pub(super) after: i64,
}

/// Some entries in a row.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) epoch: String,
    pub(super) key: String,
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) more: bool,
    pub(super) entries: Vec<Entry>,
}

impl Log {
    /// What is known of a sequence before its entries are read.
    pub(super) fn new(head: Head) -> Self {
        Self { head: Head { sequence: 0, ..head }, entries: VecDeque::new() }
    }

    /// Whether these are further entries of the same sequence.
    pub(super) fn continues_with(&self, head: &Head) -> bool {
        let is_same = self.head.epoch == head.epoch && self.head.key == head.key;
        is_same && head.sequence >= self.head.sequence
    }

    pub(super) fn last(&self) -> i64 {
        self.head.sequence
    }

    /// Takes in what comes next, up to this number.
    pub(super) fn extend(&mut self, entries: impl IntoIterator<Item = Entry>, up_to: i64) {
        self.entries.extend(entries);
        self.head.sequence = up_to;
    }

    /// Forgets entries that refuse nothing any more.
    pub(super) fn forget(&mut self, now: i64) {
        self.entries.retain(|entry| entry.until >= now);
    }

    /// Whether who followed so far has something to read.
    pub(super) fn has_news_for(&self, followed: Option<&Followed>) -> bool {
        self.place_of(followed).is_none_or(|after| after < self.head.sequence)
    }

    /// What comes next for who followed so far; from the beginning for whom that is not of this sequence.
    pub(super) fn page(&self, followed: Option<&Followed>, now: i64) -> Page {
        let from = self.place_of(followed).unwrap_or_default();
        let first = self.entries.partition_point(|entry| entry.sequence <= from);
        let mut rest = self.entries.range(first..).filter(|entry| entry.until >= now).copied();
        let entries: Vec<Entry> = rest.by_ref().take(PAGE).collect();
        let more = rest.next().is_some();
        let to = match entries.last() {
            Some(last) if more => last.sequence,
            _ => self.head.sequence,
        };
        let Head { epoch, key, .. } = self.head.clone();
        Page { epoch, key, from, to, more, entries }
    }

    fn place_of(&self, followed: Option<&Followed>) -> Option<i64> {
        let followed = followed?;
        let is_of_this =
            followed.epoch == self.head.epoch && (0..=self.head.sequence).contains(&followed.after);
        is_of_this.then_some(followed.after)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::entry::Kind, *};

    fn entry(sequence: i64, until: i64) -> Entry {
        Entry { sequence, kind: Kind::Token, hash: 1, until, before: 0 }
    }

    fn log(entries: impl IntoIterator<Item = Entry>, up_to: i64) -> Log {
        let head = Head { epoch: "e".to_owned(), key: "k".to_owned(), sequence: up_to };
        let mut log = Log::new(head);
        log.extend(entries, up_to);
        log
    }

    fn followed(epoch: &str, after: i64) -> Followed {
        Followed { epoch: epoch.to_owned(), after }
    }

    #[test]
    fn an_answer_goes_on_where_the_question_stands() {
        let log = log((1..=5).map(|at| entry(at, 100)), 5);
        let page = log.page(Some(&followed("e", 3)), 0);
        assert_eq!((page.from, page.to, page.more, page.entries.len()), (3, 5, false, 2));
        assert!(!log.has_news_for(Some(&followed("e", 5))));
    }

    #[test]
    fn who_has_read_that_there_is_nothing_waits_for_the_first_entry() {
        let mut log = log([], 0);
        assert!(log.has_news_for(None) && !log.has_news_for(Some(&followed("e", 0))));
        log.extend([entry(1, 100)], 1);
        assert!(log.has_news_for(Some(&followed("e", 0))));
    }

    #[test]
    fn who_stands_elsewhere_begins_at_the_beginning() {
        let log = log((1..=5).map(|at| entry(at, 100)), 5);
        for other in
            [None, Some(followed("another", 3)), Some(followed("e", 6)), Some(followed("e", -1))]
        {
            let page = log.page(other.as_ref(), 0);
            assert_eq!((page.from, page.to, page.entries.len()), (0, 5, 5), "{other:?}");
            assert!(log.has_news_for(other.as_ref()));
        }
    }

    #[test]
    fn long_answers_come_in_pages_that_follow_each_other() {
        let count = i64::try_from(2 * PAGE).expect("small") + 1;
        let log = log((1..=count).map(|at| entry(at, 100)), count + 7);
        let (mut at, mut seen, mut pages) = (None, 0, 0);
        loop {
            let page = log.page(at.as_ref(), 0);
            (seen, pages) = (seen + page.entries.len(), pages + 1);
            at = Some(followed("e", page.to));
            if !page.more {
                break;
            }
        }
        assert_eq!((seen, pages), (2 * PAGE + 1, 3));
        assert_eq!(at, Some(followed("e", count + 7)));
    }

    #[test]
    fn what_is_over_is_neither_told_nor_kept() {
        let mut log = log([entry(1, 10), entry(2, 20), entry(3, 10)], 3);
        let page = log.page(None, 11);
        assert_eq!((page.to, page.entries.as_slice()), (3, [entry(2, 20)].as_slice()));
        assert_eq!(log.page(None, 10).entries.len(), 3, "its last second counts");
        log.forget(11);
        assert_eq!(log.entries.len(), 1);
    }
}
