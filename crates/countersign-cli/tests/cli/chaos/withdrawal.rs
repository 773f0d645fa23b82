//! Reads a history in which keys changed: which good tokens were refused, and which of withdrawn keys were
//! not.
//!
//! A key that is published after another was withdrawn is published without it. So a guard that has accepted
//! a token of the later key has heard of the withdrawal, whatever the clocks say, and must not accept the
//! withdrawn one's any more.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Asked, History, Moment, Token, Verdict};

/// A key was withdrawn.
#[derive(Clone, Debug)]
pub(super) struct Withdrawn {
    pub(super) key: String,
    /// When that was begun.
    pub(super) begun: Moment,
    /// When it was done.
    pub(super) ended: Moment,
}

/// When a key is staged, the one before it signs; and one may be staged that nobody has seen yet. The third
/// after the one that signed was made later.
const SURELY_LATER: usize = 3;

/// Everything that must not have happened, in words. `lifetime` is that of tokens, in seconds.
pub(super) fn violations(history: &History, withdrawn: &[Withdrawn], lifetime: i64) -> Vec<String> {
    let places = places(history);
    let mut informed: BTreeSet<(usize, &str)> = BTreeSet::new();
    let mut asked: Vec<&Asked> = history.asked.iter().collect();
    asked.sort_by_key(|asked| asked.span.begun);
    let mut pending: Vec<&Asked> = asked.clone();
    pending.sort_by_key(|asked| asked.span.ended);
    let mut pending = pending.into_iter().filter(|a| a.verdict == Verdict::Accepted).peekable();
    let mut found = Vec::new();
    for asked in asked {
        // What was answered before this was asked.
        while let Some(before) = pending.next_if(|before| before.span.ended < asked.span.begun) {
            let place = places[&*token(history, before).key];
            let heard = withdrawn.iter().filter(|one| {
                let signed = places.values().filter(|(_, first)| *first <= one.ended);
                let newest = signed.map(|(place, _)| *place).max().unwrap_or_default();
                place.0 >= newest + SURELY_LATER
            });
            informed.extend(heard.map(|one| (before.guard, &*one.key)));
        }
        let of = token(history, asked);
        let its = withdrawn.iter().find(|one| one.key == of.key);
        let is_informed = informed.contains(&(asked.guard, &*of.key));
        let refused = matches!(asked.verdict, Verdict::Revoked | Verdict::Bad(_));
        let is_alive = of.issued_at + lifetime > second_of(history, asked);
        if refused && is_alive && its.is_none_or(|one| asked.span.ended < one.begun) {
            found.push(format!("good: {asked:?} of {of:?}"));
        }
        if asked.verdict == Verdict::Accepted && is_informed {
            found.push(format!("withdrawn: {asked:?} of {of:?}, {its:?}"));
        }
    }
    found
}

fn token<'h>(history: &'h History, asked: &Asked) -> &'h Token {
    &history.tokens[asked.token].0
}

/// A second that is not before the end of the question: that of the token, and the time since it was issued.
fn second_of(history: &History, asked: &Asked) -> i64 {
    let (token, issued) = &history.tokens[asked.token];
    let since = asked.span.ended.saturating_sub(issued.begun).as_secs();
    token.issued_at + i64::try_from(since).unwrap_or(i64::MAX) + 1
}

/// For each key: its place in the order in which they signed, and when it was first seen to.
fn places(history: &History) -> BTreeMap<&str, (usize, Moment)> {
    let mut first: BTreeMap<&str, Moment> = BTreeMap::new();
    for (token, span) in &history.tokens {
        let seen = first.entry(&token.key).or_insert(span.ended);
        *seen = (*seen).min(span.ended);
    }
    let mut order: Vec<(&str, Moment)> = first.into_iter().collect();
    order.sort_by_key(|(_, seen)| *seen);
    order.into_iter().enumerate().map(|(place, (key, seen))| (key, (place, seen))).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{super::history::Span, *};

    fn at(seconds: u64) -> Moment {
        Duration::from_secs(seconds)
    }

    /// Key `kN` signs token `N` in second `2 N`.
    fn history(asked: Vec<Asked>) -> History {
        let token = |number: u8| {
            let issued_at = 2 * i64::from(number);
            let (id, session, user) = ("t".to_owned(), "s".to_owned(), "ann".to_owned());
            let key = format!("k{number}");
            let begun = at(u64::from(number) * 2);
            (Token { id, session, user, issued_at, key }, Span { begun, ended: begun })
        };
        History { tokens: (0..8).map(token).collect(), asked, ..History::default() }
    }

    fn asked(second: u64, token: usize, verdict: Verdict) -> Asked {
        let span = Span { begun: at(second), ended: at(second) };
        Asked { guard: 0, token, span, verdict, settled: false }
    }

    /// `k1` is withdrawn in second 5, while `k2` signs.
    fn rules(asked: Vec<Asked>) -> Vec<String> {
        let withdrawn = Withdrawn { key: "k1".to_owned(), begun: at(5), ended: at(5) };
        let name = |text: String| text.split(':').next().unwrap_or_default().to_owned();
        violations(&history(asked), &[withdrawn], 20).into_iter().map(name).collect()
    }

    #[test]
    fn good_tokens_are_not_refused_while_they_live() {
        let bad = || Verdict::Bad("unknown_key".to_owned());
        assert_eq!(rules(vec![asked(3, 0, bad())]), ["good"]);
        assert_eq!(rules(vec![asked(4, 1, bad())]), ["good"], "it was withdrawn later");
        assert_eq!(rules(vec![asked(6, 1, bad())]), [""; 0]);
        assert_eq!(rules(vec![asked(25, 0, bad())]), [""; 0]);
        assert_eq!(rules(vec![asked(3, 0, Verdict::Unavailable)]), [""; 0]);
    }

    #[test]
    fn who_knows_a_later_key_knows_of_the_withdrawal() {
        let accepted = |second, token| asked(second, token, Verdict::Accepted);
        assert_eq!(rules(vec![accepted(6, 1)]), [""; 0], "it may not have heard");
        assert_eq!(rules(vec![accepted(9, 4), accepted(10, 1)]), [""; 0]);
        assert_eq!(rules(vec![accepted(11, 5), accepted(12, 1)]), ["withdrawn"]);
        assert_eq!(rules(vec![accepted(12, 1), accepted(13, 5)]), [""; 0]);
        let elsewhere = Asked { guard: 1, ..accepted(12, 1) };
        assert_eq!(rules(vec![accepted(11, 5), elsewhere]), [""; 0]);
        assert_eq!(rules(vec![accepted(11, 5), accepted(12, 2)]), [""; 0]);
    }
}
