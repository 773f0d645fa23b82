//! Histories that are broken are caught, and those that only look so are not.

use std::slice::from_ref;

use super::*;

const BOUND: Bound = Bound(Duration::from_secs(10));

fn at(milliseconds: u64) -> Moment {
    Duration::from_millis(milliseconds)
}

fn span(begun: u64, ended: u64) -> Span {
    Span { begun: at(begun), ended: at(ended) }
}

/// Ann's session begins within the first second; in it one token is issued, in second 1.
fn history() -> History {
    let token = Token {
        id: "t1".to_owned(),
        session: "s1".to_owned(),
        user: "ann".to_owned(),
        issued_at: 1,
        key: "k1".to_owned(),
    };
    History {
        tokens: vec![(token, span(1100, 1200))],
        sessions: vec![("s1".to_owned(), span(500, 900))],
        ..History::default()
    }
}

/// Begun in second 2 and answered in second 3.
fn taken_back(what: What) -> TakenBack {
    TakenBack { what, begun: at(2500), ended: Some(at(3500)), second_begun: 2, second_ended: 3 }
}

fn session() -> TakenBack {
    taken_back(What::Session("s1".to_owned()))
}

fn sessions(except: Option<&str>) -> TakenBack {
    taken_back(What::Sessions { user: "ann".to_owned(), except: except.map(str::to_owned) })
}

fn asked(begun: u64, verdict: Verdict) -> Asked {
    Asked { guard: 0, token: 0, span: span(begun, begun + 10), verdict, settled: false }
}

fn rules(ends: &[TakenBack], asked: &[Asked], change: impl FnOnce(&mut History)) -> Vec<String> {
    let mut history = history();
    history.taken_back.extend_from_slice(ends);
    history.asked.extend_from_slice(asked);
    change(&mut history);
    let name = |violation: String| violation.split(':').next().unwrap_or_default().to_owned();
    violations(&history, BOUND).into_iter().map(name).collect()
}

fn found(ends: &[TakenBack], asked: Asked) -> Vec<String> {
    rules(ends, &[asked], |_| {})
}

#[test]
fn what_was_taken_back_is_not_accepted_beyond_the_bound() {
    let by_all = [
        session(),
        sessions(None),
        sessions(Some("s2")),
        taken_back(What::Token("t1".to_owned())),
        taken_back(What::Issued { user: "ann".to_owned() }),
        taken_back(What::Password { user: "ann".to_owned() }),
    ];
    for end in by_all {
        assert_eq!(found(from_ref(&end), asked(13_600, Verdict::Accepted)), ["I1"], "{end:?}");
        assert_eq!(found(from_ref(&end), asked(13_500, Verdict::Accepted)), [""; 0], "{end:?}");
        assert_eq!(found(from_ref(&end), asked(2_400, Verdict::Accepted)), [""; 0], "{end:?}");
        let settled = Asked { settled: true, ..asked(3_501, Verdict::Accepted) };
        assert_eq!(found(&[end], settled), ["I1"]);
    }
}

#[test]
fn what_was_not_answered_may_have_happened_or_not() {
    let unanswered = TakenBack { ended: None, ..session() };
    assert_eq!(found(from_ref(&unanswered), asked(60_000, Verdict::Accepted)), [""; 0]);
    assert_eq!(found(&[unanswered], asked(60_000, Verdict::Revoked)), [""; 0]);
}

#[test]
fn what_nobody_took_back_is_not_refused() {
    assert_eq!(found(&[], asked(5_000, Verdict::Revoked)), ["good"]);
    assert_eq!(found(&[session()], asked(2_000, Verdict::Revoked)), ["good"]);
    assert_eq!(found(&[session()], asked(2_495, Verdict::Revoked)), [""; 0]);
    let of_another = [
        taken_back(What::Session("s2".to_owned())),
        sessions(Some("s1")),
        taken_back(What::Issued { user: "bob".to_owned() }),
        taken_back(What::Token("t2".to_owned())),
    ];
    for end in of_another {
        assert_eq!(found(from_ref(&end), asked(5_000, Verdict::Revoked)), ["good"], "{end:?}");
        assert_eq!(found(&[end], asked(60_000, Verdict::Accepted)), [""; 0]);
    }
}

#[test]
fn seconds_decide_about_a_users_tokens() {
    let later = |issued_at| move |history: &mut History| history.tokens[0].0.issued_at = issued_at;
    let user = || "ann".to_owned();
    let (issued, password) = (What::Issued { user: user() }, What::Password { user: user() });
    for (what, issued_at, accepted, revoked) in [
        (&issued, 2, &["I1"][..], &[][..]),
        (&issued, 3, &[], &[]),
        (&issued, 4, &[], &["good"]),
        (&password, 1, &["I1"], &[]),
        (&password, 2, &[], &[]),
        (&password, 3, &[], &["good"]),
    ] {
        let end = [taken_back(what.clone())];
        let told = |verdict| rules(&end, &[asked(20_000, verdict)], later(issued_at));
        assert_eq!(told(Verdict::Accepted), accepted, "{what:?} {issued_at}");
        assert_eq!(told(Verdict::Revoked), revoked, "{what:?} {issued_at}");
    }
}

#[test]
fn a_session_that_began_meanwhile_may_be_ended_or_not() {
    let meanwhile = |history: &mut History| history.sessions[0].1 = span(2_600, 2_700);
    for verdict in [Verdict::Accepted, Verdict::Revoked] {
        assert_eq!(rules(&[sessions(None)], &[asked(20_000, verdict)], meanwhile), [""; 0]);
    }
    let after = |history: &mut History| history.sessions[0].1 = span(3_600, 3_700);
    assert_eq!(rules(&[sessions(None)], &[asked(20_000, Verdict::Revoked)], after), ["good"]);
}

#[test]
fn who_is_cut_off_for_too_long_accepts_nothing() {
    // Two reasons at once are one time.
    let cut_off = |history: &mut History| {
        let during = |begun, ended| During { guard: 0, span: span(begun, ended) };
        history.cut_off = vec![during(9_000, 20_000), during(5_000, 10_000)];
    };
    let told = |begun, verdict| rules(&[], &[asked(begun, verdict)], cut_off);
    assert_eq!(told(15_000, Verdict::Accepted), [""; 0]);
    assert_eq!(told(15_100, Verdict::Accepted), ["I7"]);
    assert_eq!(told(15_100, Verdict::Unavailable), [""; 0]);
    assert_eq!(told(20_001, Verdict::Accepted), [""; 0]);
    let elsewhere = Asked { guard: 1, ..asked(15_100, Verdict::Accepted) };
    assert_eq!(rules(&[], &[elsewhere], cut_off), [""; 0]);
}

#[test]
fn a_clock_that_is_wrong_excuses_what_it_says_of_tokens() {
    let expired = || asked(5_000, Verdict::Bad("token_expired".to_owned()));
    assert_eq!(found(&[], expired()), ["good"]);
    let wrong = |history: &mut History| {
        history.wrong_clock = vec![During { guard: 0, span: span(4_000, 5_000) }];
    };
    assert_eq!(rules(&[], &[expired()], wrong), [""; 0]);
    let revoked = asked(5_000, Verdict::Revoked);
    assert_eq!(rules(&[], &[revoked], wrong), ["good"], "but not that it was taken back");
}

#[test]
fn who_has_taken_all_in_decides() {
    for verdict in [Verdict::Unavailable, Verdict::Silence] {
        assert_eq!(found(&[], asked(5_000, verdict.clone())), [""; 0]);
        let settled = Asked { settled: true, ..asked(5_000, verdict) };
        assert_eq!(found(&[], settled), ["good"]);
    }
}

#[test]
fn a_session_that_ended_gives_no_tokens() {
    let late = |history: &mut History| history.tokens[0].1 = span(3_600, 3_700);
    for end in [session(), sessions(None)] {
        assert_eq!(rules(from_ref(&end), &[], late), ["ended"]);
        assert_eq!(rules(&[end], &[], |_| {}), [""; 0]);
    }
    let alone = taken_back(What::Token("t1".to_owned()));
    assert_eq!(rules(&[alone], &[], late), [""; 0]);
}
