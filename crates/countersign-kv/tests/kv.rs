//! Counters in windows of time, as a client that asks too often meets them.

use countersign_kv::{Decision, Windows};
use jiff::{SignedDuration, Timestamp};

const WINDOW: SignedDuration = SignedDuration::from_secs(10);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time")
}

#[test]
fn the_fourth_of_three_is_refused_until_the_window_has_passed() {
    let windows = Windows::new(10);
    for second in 0..3 {
        assert_eq!(windows.take("ann", WINDOW, 3, at(second)), Decision::Allowed);
    }
    assert_eq!(windows.take("ann", WINDOW, 3, at(3)), Decision::Refused { until: at(12) });
    assert_eq!(windows.take("ann", WINDOW, 3, at(11)), Decision::Refused { until: at(12) });
    assert_eq!(windows.take("ann", WINDOW, 3, at(12)), Decision::Allowed);
    assert_eq!(windows.take("ann", WINDOW, 3, at(12)), Decision::Allowed);
}

#[test]
fn who_asks_steadily_is_refused_in_a_window_that_begins_with_the_last_request_only() {
    let (from_last, from_first) = (Windows::new(10), Windows::from_first(10));
    let mut refused = [0, 0];
    for second in 0..100 {
        for (windows, refused) in [&from_last, &from_first].into_iter().zip(&mut refused) {
            let decision = windows.take("guard", WINDOW, 10, at(second));
            *refused += usize::from(decision != Decision::Allowed);
        }
    }
    assert_eq!(refused, [45, 0]);
    for _ in 0..10 {
        from_first.take("flood", WINDOW, 10, at(100));
    }
    let decision = from_first.take("flood", WINDOW, 10, at(109));
    assert_eq!(decision, Decision::Refused { until: at(110) });
    assert_eq!(from_first.take("flood", WINDOW, 10, at(110)), Decision::Allowed);
}

#[test]
fn clients_are_counted_apart() {
    let windows = Windows::new(10);
    assert_eq!(windows.take("ann", WINDOW, 1, at(0)), Decision::Allowed);
    assert_eq!(windows.take("bob", WINDOW, 1, at(0)), Decision::Allowed);
    assert_eq!(windows.take("ann", WINDOW, 1, at(0)), Decision::Refused { until: at(10) });
}

#[test]
fn a_flood_of_clients_never_holds_more_than_the_capacity() {
    let windows = Windows::new(100);
    for client in 0..10_000 {
        windows.take(&format!("client {client}"), WINDOW, 1, at(client / 1_000));
        assert!(windows.len() <= 100);
    }
    assert_eq!(windows.take("client 9999", WINDOW, 1, at(9)), Decision::Refused { until: at(19) });
}

#[test]
fn t274_a_million_clients_do_not_have_one_forgotten_that_asks_too_often() {
    let windows = Windows::new(100_000);
    for _ in 0..3 {
        assert_eq!(windows.take("offender", WINDOW, 3, at(0)), Decision::Allowed);
    }
    for client in 0..1_000_000 {
        windows.take(&format!("client {client}"), WINDOW, 3, at(1));
    }
    assert!(windows.len() <= 100_000);
    assert_eq!(windows.take("offender", WINDOW, 3, at(2)), Decision::Refused { until: at(10) });
}

#[test]
fn a_clock_that_steps_back_refuses_rather_than_forgets() {
    let windows = Windows::new(10);
    assert_eq!(windows.take("ann", WINDOW, 1, at(100)), Decision::Allowed);
    assert_eq!(windows.take("ann", WINDOW, 1, at(50)), Decision::Refused { until: at(110) });
}
