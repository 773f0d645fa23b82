//! Reads a history afterwards and names what must not have happened.
//!
//! | Rule | |
//! |---|---|
//! | I1 | what was taken back with a 2xx answer is not accepted when that was longer ago than guards may be behind, or when the guard had taken it in |
//! | I7 | a guard that was cut off for longer than it may be behind accepts nothing |
//! | good | what nobody tried to take back is not refused, unless the guard's clock was wrong |
//! | ended | a session that was ended with a 2xx answer gives no tokens |
//!
//! Answers overlap: what was under way at the same time may have come before or after, and what was not
//! answered may have happened at any time since. Only what is wrong in each order is named.

use std::time::Duration;

use super::history::{Asked, During, History, Moment, Span, TakenBack, Token, Verdict, What};

/// How long the system may take until it has stopped a process that was told to stand still.
const SLACK: Duration = Duration::from_millis(50);

/// What guards may be behind, as they were told.
#[derive(Clone, Copy)]
pub(super) struct Bound(pub(super) Duration);

/// Everything that must not have happened, in words.
pub(super) fn violations(history: &History, Bound(bound): Bound) -> Vec<String> {
    let fates: Vec<Fate> =
        history.tokens.iter().map(|(token, _)| Fate::of(token, history)).collect();
    let cut_off = merged(&history.cut_off);
    let of_asked = history.asked.iter().filter_map(|asked| {
        let (token, fate) = (&history.tokens[asked.token].0, &fates[asked.token]);
        let rule = broken_rule(asked, fate, &cut_off, &history.wrong_clock, bound)?;
        let attempts = attempts_at(token, history);
        Some(format!("{rule}: {asked:?} of {token:?}, {fate:?} by {attempts:?}"))
    });
    let of_issued = history.tokens.iter().filter_map(|(token, span)| {
        let mut ends = history.taken_back.iter().filter(|end| ends_session(end, token, history));
        let end = ends.find(|end| end.ended.is_some_and(|ended| ended < span.begun))?;
        Some(format!("ended: {token:?} was issued in {span:?} after {end:?}"))
    });
    of_asked.chain(of_issued).collect()
}

/// When a token was taken back.
#[derive(Debug)]
struct Fate {
    /// Before this it was not.
    perhaps_since: Option<Moment>,
    /// After this it was.
    surely_since: Option<Moment>,
}

impl Fate {
    fn of(token: &Token, history: &History) -> Self {
        let ends = || history.taken_back.iter();
        let perhaps = ends().filter(|end| perhaps_names(end, token, history));
        let surely = ends().filter(|end| surely_names(end, token, history));
        Self {
            perhaps_since: perhaps.map(|end| end.begun).min(),
            surely_since: surely.filter_map(|end| end.ended).min(),
        }
    }
}

/// Whatever concerns the user of this token, for whoever looks for the reason.
fn attempts_at<'h>(token: &Token, history: &'h History) -> Vec<&'h TakenBack> {
    let concerns = |end: &&TakenBack| match &end.what {
        What::Token(id) => *id == token.id,
        What::Session(session) => *session == token.session,
        What::Sessions { user, .. } | What::Issued { user } | What::Password { user } => {
            *user == token.user
        }
    };
    history.taken_back.iter().filter(concerns).collect()
}

fn broken_rule(
    asked: &Asked,
    fate: &Fate,
    cut_off: &[During],
    wrong_clock: &[During],
    bound: Duration,
) -> Option<&'static str> {
    let begun = asked.span.begun;
    let here = |during: &&During| during.guard == asked.guard;
    match &asked.verdict {
        Verdict::Accepted => {
            let behind = if asked.settled { Duration::ZERO } else { bound + SLACK };
            let is_late = fate.surely_since.is_some_and(|since| begun > since + behind);
            let blind = |during: &During| {
                begun > during.span.begun + bound + SLACK && begun < during.span.ended
            };
            let is_blind = cut_off.iter().filter(here).any(blind);
            is_late.then_some("I1").or(is_blind.then_some("I7"))
        }
        Verdict::Revoked => {
            let is_good = fate.perhaps_since.is_none_or(|since| since > asked.span.ended);
            is_good.then_some("good")
        }
        Verdict::Bad(_) => {
            let meets = |during: &During| {
                during.span.begun <= asked.span.ended && begun <= during.span.ended
            };
            let excused = wrong_clock.iter().filter(here).any(meets);
            (!excused).then_some("good")
        }
        Verdict::Unavailable | Verdict::Silence => asked.settled.then_some("good"),
    }
}

/// Whether it takes this token back if it happens at all, at some time that it may have happened.
fn perhaps_names(end: &TakenBack, token: &Token, history: &History) -> bool {
    let last = end.ended.map_or(i64::MAX, |_| end.second_ended);
    match &end.what {
        What::Token(id) => *id == token.id,
        What::Session(session) => *session == token.session,
        What::Sessions { user, except } => {
            let began = began(&token.session, history).map_or(Moment::ZERO, |span| span.begun);
            *user == token.user
                && except.as_ref() != Some(&token.session)
                && end.ended.is_none_or(|ended| began <= ended)
        }
        What::Issued { user } => *user == token.user && token.issued_at <= last,
        What::Password { user } => *user == token.user && token.issued_at < last,
    }
}

/// Whether it takes this token back, whenever it happened.
fn surely_names(end: &TakenBack, token: &Token, history: &History) -> bool {
    match &end.what {
        What::Token(_) | What::Session(_) => perhaps_names(end, token, history),
        What::Sessions { .. } => ends_session(end, token, history),
        What::Issued { user } => *user == token.user && token.issued_at <= end.second_begun,
        What::Password { user } => *user == token.user && token.issued_at < end.second_begun,
    }
}

/// Whether it ends the session of this token, whenever it happened.
fn ends_session(end: &TakenBack, token: &Token, history: &History) -> bool {
    match &end.what {
        What::Session(session) => *session == token.session,
        What::Sessions { user, except } => {
            let began = began(&token.session, history);
            *user == token.user
                && except.as_ref() != Some(&token.session)
                && began.is_some_and(|span| span.ended <= end.begun)
        }
        What::Token(_) | What::Issued { .. } | What::Password { .. } => false,
    }
}

fn began(session: &str, history: &History) -> Option<Span> {
    history.sessions.iter().find(|(id, _)| id == session).map(|(_, span)| *span)
}

/// Times that overlap become one.
fn merged(times: &[During]) -> Vec<During> {
    let mut times = times.to_vec();
    times.sort_by_key(|during| (during.guard, during.span.begun));
    let mut merged: Vec<During> = Vec::new();
    for during in times {
        match merged.last_mut() {
            Some(last) if last.guard == during.guard && during.span.begun <= last.span.ended => {
                last.span.ended = last.span.ended.max(during.span.ended);
            }
            _ => merged.push(during),
        }
    }
    merged
}

#[cfg(test)]
#[path = "checker_tests.rs"]
mod tests;
