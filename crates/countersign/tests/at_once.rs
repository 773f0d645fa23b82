//! Many requests at once, on threads: nobody is taken for somebody else, what is revoked stays revoked, and
//! what counts once counts once.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use countersign::{Guard, Revocations};
use futures_util::FutureExt;
use http::request::Parts;
use jiff::Timestamp;
use serde_json::json;

use crate::service::{ISSUER, NOW, Service, claims};

fn request(service: &Service, subject: &str, jti: &str) -> Parts {
    let mut claims = claims();
    claims["sub"] = subject.into();
    claims["sid"] = format!("s-{subject}").into();
    claims["jti"] = jti.into();
    let bearer = format!("Bearer {}", service.token(&claims));
    http::Request::get("/").header("authorization", bearer).body(()).unwrap().into_parts().0
}

/// With its keys at hand a guard waits for nothing.
fn admit(guard: &Guard, request: &Parts) -> Option<String> {
    let identity = guard.admit(request).now_or_never().expect("an answer at once").ok()?;
    Some(identity.subject().to_owned())
}

#[test]
fn t241_t264_nobody_is_taken_for_somebody_else() {
    // Room for few of them, so that they drive each other out all the time.
    let service = Service::with(|builder| builder.cached_tokens(8));
    let users: Vec<String> = (0..40).map(|number| format!("user-{number}")).collect();
    let requests: Vec<Parts> = users.iter().map(|user| request(&service, user, "t")).collect();
    thread::scope(|scope| {
        for start in 0..4 {
            let (guard, users, requests) = (service.guard.clone(), &users, &requests);
            scope.spawn(move || {
                for turn in 0..2_500 {
                    let index = (turn * (start + 3) + start) % users.len();
                    assert_eq!(admit(&guard, &requests[index]).as_deref(), Some(&*users[index]));
                }
            });
        }
    });
}

#[test]
fn t221_t222_t223_a_revocation_that_has_returned_holds_for_every_request_that_begins_then() {
    let revocations = Revocations::default();
    let service = Service::with(|builder| builder.revocations(revocations.clone()));
    let now = Timestamp::from_second(NOW).unwrap();
    for round in 0..200 {
        let (alice, id) = (format!("alice-{round}"), format!("t-{round}"));
        let requests = [request(&service, &alice, &id), request(&service, "bob", &id[1..])];
        let revoked = AtomicBool::new(false);
        let start = Barrier::new(3);
        thread::scope(|scope| {
            for _ in 0..2 {
                let (guard, requests) = (service.guard.clone(), &requests);
                let (revoked, start) = (&revoked, &start);
                scope.spawn(move || {
                    start.wait();
                    for _ in 0..30 {
                        let known = revoked.load(Ordering::SeqCst);
                        let admitted = admit(&guard, &requests[0]).is_some();
                        assert!(!(known && admitted), "round {round}");
                        assert!(admit(&guard, &requests[1]).is_some(), "round {round}");
                    }
                });
            }
            start.wait();
            match round % 3 {
                0 => revocations.revoke_token(ISSUER, &id, now),
                1 => revocations.revoke_session(ISSUER, &format!("s-{alice}"), now),
                _ => revocations.revoke_user(ISSUER, &alice, now, now),
            }
            revoked.store(true, Ordering::SeqCst);
        });
        assert_eq!(admit(&service.guard, &requests[0]), None);
    }
}

#[test]
fn t235_on_threads_a_token_counts_once() {
    let service = Service::new();
    for round in 0..50 {
        let request = request(&service, "alice", &format!("t-{round}"));
        let passed = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                let (guard, request, passed) = (service.guard.clone(), &request, &passed);
                scope.spawn(move || {
                    let identity = guard.admit(request).now_or_never().unwrap().unwrap();
                    let mut request = request.clone();
                    let spent = guard.spend(&identity, &mut request).now_or_never().unwrap();
                    let spent = spent.is_ok();
                    passed.fetch_add(usize::from(spent), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(passed.into_inner(), 1);
    }
}

#[test]
fn t283_a_flood_of_bad_tokens_fetches_nothing_and_drives_nobody_out() {
    let service = Service::with(|builder| builder.cached_tokens(64));
    let good = request(&service, "alice", "t");
    assert!(admit(&service.guard, &good).is_some());
    let stranger = crate::service::signing_key("ed1");
    let bad: Vec<Parts> = (0..20_000)
        .map(|number| {
            let token = match number % 4 {
                0 => format!("{}.{number}.{}", "a".repeat(40), "b".repeat(86)),
                1 => ".".repeat(number % 8_000),
                2 => format!("eyJhbGciOiJub25lIn0.{number}."),
                _ if number < 400 => {
                    stranger.sign(&json!({ "sub": "alice", "jti": number })).unwrap()
                }
                _ => number.to_string(),
            };
            let bearer = format!("Bearer {token}");
            http::Request::get("/").header("authorization", bearer).body(()).unwrap().into_parts().0
        })
        .collect();
    for request in &bad {
        assert_eq!(admit(&service.guard, request), None);
    }
    let before = service.guard.metrics().cache_hits;
    assert!(admit(&service.guard, &good).is_some());
    assert_eq!(service.guard.metrics().cache_hits, before + 1, "it is still remembered");
}
