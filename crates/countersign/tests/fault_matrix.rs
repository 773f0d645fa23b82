//! Everything that can be wrong with an issuer, against everything a guard can have at hand: what becomes
//! of a good token, of one by a key that nobody knows yet, and of a forged one.

use std::{path::Path, time::Duration};

use countersign::PublishedKeys;
use countersign_jwt::SigningKey;
use futures_util::{StreamExt, stream};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::{
    issuer::{Issuer, Publication, key_set_json},
    service::{Service, claims, signing_key},
};

/// What a guard has at hand when the issuer goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    /// Keys that are older than their lifetime.
    Warm,
    /// Nothing.
    Cold,
    /// A snapshot of an hour ago.
    Snapshot,
}

/// What the issuer does.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Down,
    Silent,
    Drip,
    FiveMegabytes,
    TenThousandKeys,
    Endless,
    Gzip,
    RedirectElsewhere,
    RedirectLoop,
    RedirectToGoodKeys,
    Status(u16),
    Says(&'static str),
    HalfABody,
    WrongContentType,
    Rotated,
}

/// The answers to a good token, to one of a new key and to a forged one, and how often the issuer is asked.
struct Expected {
    good: u16,
    new: u16,
    forged: u16,
    fetches: usize,
}

/// The issuer brings nothing: what is at hand decides, and a new key cannot be checked.
const NOTHING: [(Hand, Expected); 3] = [
    (Hand::Warm, Expected { good: 200, new: 503, forged: 401, fetches: 1 }),
    (Hand::Cold, Expected { good: 503, new: 503, forged: 503, fetches: 1 }),
    (Hand::Snapshot, Expected { good: 200, new: 503, forged: 401, fetches: 1 }),
];

/// The same when nobody listens there.
const UNREACHABLE: [(Hand, Expected); 3] = [
    (Hand::Warm, Expected { good: 200, new: 503, forged: 401, fetches: 0 }),
    (Hand::Cold, Expected { good: 503, new: 503, forged: 503, fetches: 0 }),
    (Hand::Snapshot, Expected { good: 200, new: 503, forged: 401, fetches: 0 }),
];

/// The issuer brings the keys it always had: a key that is not among them does not exist.
const SAME: [(Hand, Expected); 3] = [
    (Hand::Warm, Expected { good: 200, new: 401, forged: 401, fetches: 2 }),
    (Hand::Cold, Expected { good: 200, new: 401, forged: 401, fetches: 2 }),
    (Hand::Snapshot, Expected { good: 200, new: 401, forged: 401, fetches: 2 }),
];

/// The issuer brings the new key, too; the forged token is worth a second look.
const BOTH: [(Hand, Expected); 3] = [
    (Hand::Warm, Expected { good: 200, new: 200, forged: 401, fetches: 2 }),
    (Hand::Cold, Expected { good: 200, new: 200, forged: 401, fetches: 2 }),
    (Hand::Snapshot, Expected { good: 200, new: 200, forged: 401, fetches: 2 }),
];

const MATRIX: [(Fault, &[(Hand, Expected); 3]); 20] = [
    (Fault::Down, &UNREACHABLE),
    (Fault::Silent, &NOTHING),
    (Fault::Drip, &NOTHING),
    (Fault::FiveMegabytes, &NOTHING),
    (Fault::TenThousandKeys, &NOTHING),
    (Fault::Endless, &NOTHING),
    (Fault::Gzip, &NOTHING),
    (Fault::RedirectElsewhere, &NOTHING),
    (Fault::RedirectLoop, &NOTHING),
    (Fault::RedirectToGoodKeys, &NOTHING),
    (Fault::Status(500), &NOTHING),
    (Fault::Status(404), &NOTHING),
    (Fault::Status(204), &NOTHING),
    (Fault::Says("<html><body>Sign in to the hotel</body></html>"), &NOTHING),
    (Fault::Says("[]"), &NOTHING),
    (Fault::Says("{}"), &NOTHING),
    (Fault::Says(""), &NOTHING),
    (Fault::HalfABody, &NOTHING),
    (Fault::WrongContentType, &SAME),
    (Fault::Rotated, &BOTH),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t065_t066_t068_t069_t070_every_fault_in_every_state_has_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let cells = MATRIX.iter().flat_map(|(fault, row)| row.iter().map(move |cell| (*fault, cell)));
    let run = cells.enumerate().map(|(number, (fault, (hand, expected)))| {
        let file = folder.path().join(format!("{number}.json"));
        async move { check(fault, *hand, expected, &file).await }
    });
    stream::iter(run).buffer_unordered(8).collect::<()>().await;
}

async fn check(fault: Fault, hand: Hand, expected: &Expected, file: &Path) {
    let (key, new) = (signing_key("k1"), signing_key("k2"));
    let mut issuer = Issuer::start(&[&key]);
    let elsewhere = Issuer::start(&[&key, &new]);
    let service = prepared(fault, hand, &issuer, key, file).await;
    let before = issuer.fetches();
    strike(fault, &mut issuer, &elsewhere, &service.key, &new).await;

    let thief = signing_key("k1");
    let good = service.get_with_key(&service.key).await.status.as_u16();
    let new = service.get_with_key(&new).await.status.as_u16();
    let forged = service.get_with_key(&thief).await.status.as_u16();
    let fetches = issuer.fetches() - before;
    assert_eq!(
        (good, new, forged, fetches),
        (expected.good, expected.new, expected.forged, expected.fetches),
        "{fault:?}, {hand:?}"
    );
    assert_eq!(elsewhere.fetches(), 0, "{fault:?}, {hand:?}");
    assert_eq!(issuer.asked_for_compression(), 0);
    // 256 KiB were read; the rest is what fits into the buffers between two sockets.
    assert!(issuer.padding_sent() <= 2 * 1024 * 1024, "{fault:?}: {}", issuer.padding_sent());
}

/// A service that has at hand what it should, in front of an issuer that is still well.
async fn prepared(
    fault: Fault,
    hand: Hand,
    issuer: &Issuer,
    key: SigningKey,
    file: &Path,
) -> Service {
    let timeout = match fault {
        Fault::Silent | Fault::Drip => Duration::from_secs(2),
        _ => Duration::from_secs(30),
    };
    let source = || PublishedKeys::jwks_url(&issuer.url).unwrap().with_timeout(timeout).unwrap();
    if hand == Hand::Cold {
        return Service::with_source(source(), key);
    }
    let keep = hand == Hand::Snapshot;
    let source = || if keep { source().with_snapshot(file) } else { source() };
    let service = Service::with_source(source(), key);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    if !keep {
        service.clock.advance(601);
        return service;
    }
    while !file.exists() {
        tokio::task::yield_now().await;
    }
    let restarted = Service::with_source(source(), service.key);
    restarted.clock.advance(3600);
    restarted
}

async fn strike(
    fault: Fault,
    issuer: &mut Issuer,
    elsewhere: &Issuer,
    key: &SigningKey,
    new: &SigningKey,
) {
    let (right, both) = (key_set_json(&[key]), key_set_json(&[key, new]));
    let many = format!(r#"{{"keys":[{}{}"#, "{},".repeat(9_999), &right[r#"{"keys":["#.len()..]);
    // What a client would read that decodes it: `{"keys":[]}`.
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabV\xcaN\xad,V\xb2\x8a\x8e\xad\x05\x00\
        \xefg\x88*\x0b\x00\x00\x00";
    issuer.publish(match fault {
        Fault::Down => return issuer.stop().await,
        Fault::Silent => Publication::Silence,
        Fault::Drip => Publication::Drip,
        Fault::FiveMegabytes => Publication::Padded(5_000_000, both),
        Fault::TenThousandKeys => Publication::Keys(many),
        Fault::Endless => Publication::Padded(usize::MAX, both),
        Fault::Gzip => Publication::With(CONTENT_ENCODING, "gzip", gzip.to_vec()),
        Fault::RedirectElsewhere => Publication::Redirect("http://169.254.169.254/".to_owned()),
        Fault::RedirectLoop => Publication::Redirect(issuer.url.clone()),
        Fault::RedirectToGoodKeys => Publication::Redirect(elsewhere.url.clone()),
        Fault::Status(status) => Publication::Status(status),
        Fault::Says(text) => Publication::Keys(text.to_owned()),
        Fault::HalfABody => Publication::Half(both),
        Fault::WrongContentType => Publication::With(CONTENT_TYPE, "text/html", right.into_bytes()),
        Fault::Rotated => Publication::Keys(both),
    });
}
