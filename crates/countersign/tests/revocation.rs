//! What was taken back is refused from the next request on, whatever the guard remembers.

use countersign::{Guard, KeySource, Revocations, TokenHash};
use countersign_jwt::{Algorithm, SigningKey};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::service::{ISSUER, NOW, Service, claims, policy, signing_key};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn service() -> (Service, Revocations) {
    let revocations = Revocations::default();
    let given = revocations.clone();
    (Service::with(|builder| builder.revocations(given)), revocations)
}

fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// The status of a request with these claims.
async fn status(service: &Service, claims: &Value) -> u16 {
    service.get_as("/me", claims).await.status.as_u16()
}

#[tokio::test]
async fn t221_a_token_is_revoked_by_its_id_and_no_other() {
    let (service, revocations) = service();
    let (first, second) = (with(&json!({"jti": "t1"})), with(&json!({"jti": "t2"})));
    assert_eq!(status(&service, &first).await, 200);
    assert_eq!(status(&service, &second).await, 200);
    revocations.revoke_token(ISSUER, "t1", at(NOW));
    assert_eq!(status(&service, &first).await, 401);
    assert_eq!(status(&service, &first).await, 401);
    assert_eq!(status(&service, &second).await, 200);
}

/// A token that was looked through once is looked through again for everything that comes later.
#[tokio::test]
async fn t221_a_remembered_token_is_held_against_every_later_revocation() {
    let (service, revocations) = service();
    let tokens = ["t1", "t2", "t3"].map(|jti| with(&json!({"jti": jti})));
    for revoked in 0..=tokens.len() {
        for (index, token) in tokens.iter().enumerate() {
            let expected = if index < revoked { 401 } else { 200 };
            assert_eq!(status(&service, token).await, expected, "{index} of {revoked}");
        }
        revocations.revoke_token(ISSUER, &format!("t{}", revoked + 1), at(NOW));
    }
}

#[tokio::test]
async fn t222_a_session_takes_all_its_tokens_along() {
    let (service, revocations) = service();
    let ended = [with(&json!({"jti": "t1"})), with(&json!({"jti": "t2"}))];
    let other = with(&json!({"jti": "t3", "sid": "s2"}));
    revocations.revoke_session(ISSUER, "s1", at(NOW));
    for token in &ended {
        assert_eq!(status(&service, token).await, 401);
    }
    assert_eq!(status(&service, &other).await, 200);
}

#[tokio::test]
async fn t223_a_users_tokens_up_to_a_moment_end_and_later_ones_work() {
    let (service, revocations) = service();
    service.clock.advance(10);
    revocations.revoke_user(ISSUER, "alice", at(NOW + 5), at(NOW + 10));
    let issued = |seconds: i64| with(&json!({"iat": NOW + seconds, "sid": null, "jti": "x"}));
    let without_session = |seconds| {
        let mut claims = issued(seconds);
        claims.as_object_mut().unwrap().remove("sid");
        claims
    };
    assert_eq!(status(&service, &without_session(0)).await, 401);
    assert_eq!(status(&service, &without_session(5)).await, 401);
    assert_eq!(status(&service, &without_session(6)).await, 200);
    let bob = with(&json!({"sub": "bob"}));
    assert_eq!(status(&service, &bob).await, 200);
    // An earlier moment takes nothing back.
    revocations.revoke_user(ISSUER, "alice", at(NOW + 1), at(NOW + 10));
    assert_eq!(status(&service, &without_session(5)).await, 401);
}

#[tokio::test]
async fn t102_a_token_without_id_and_session_ends_with_its_user_or_by_its_hash() {
    let (service, revocations) = service();
    let mut bare = claims();
    for name in ["jti", "sid"] {
        bare.as_object_mut().unwrap().remove(name);
    }
    let mut later = bare.clone();
    later["iat"] = (NOW + 1).into();
    assert_eq!(status(&service, &bare).await, 200);
    revocations.revoke_token_hash(&TokenHash::of(&service.token(&bare)).unwrap(), at(NOW));
    assert_eq!(status(&service, &bare).await, 401);
    assert_eq!(status(&service, &later).await, 200);
    revocations.revoke_user(ISSUER, "alice", at(NOW + 1), at(NOW));
    assert_eq!(status(&service, &later).await, 401);
}

#[tokio::test]
async fn t102_a_policy_may_demand_that_tokens_have_an_id() {
    let service = Service::with_policy(policy().requiring_token_id());
    let mut bare = claims();
    bare.as_object_mut().unwrap().remove("jti");
    assert_eq!(status(&service, &bare).await, 401);
    assert_eq!(status(&service, &claims()).await, 200);
}

#[tokio::test]
async fn a_token_that_does_not_say_when_it_was_issued_ends_with_its_user() {
    let (service, revocations) = service();
    let mut undated = claims();
    undated.as_object_mut().unwrap().remove("iat");
    assert_eq!(status(&service, &undated).await, 200);
    revocations.revoke_user(ISSUER, "alice", at(NOW - 1000), at(NOW));
    assert_eq!(status(&service, &undated).await, 401);
    assert_eq!(status(&service, &claims()).await, 200);
}

/// Everybody can turn an ECDSA signature (r, s) into (r, n - s), which verifies as well.
#[tokio::test]
async fn t048_a_second_signature_of_the_same_token_is_the_same_token() {
    let revocations = Revocations::default();
    let key = SigningKey::generate(Algorithm::Es256).unwrap().with_kid("ec1");
    let guard = Guard::builder(policy(), KeySource::keys(key.key_set().unwrap()))
        .revocations(revocations.clone())
        .clock(Service::new().clock)
        .build()
        .unwrap();
    let mut service = Service::new();
    service.guard = guard;
    let token = key.sign(&claims()).unwrap();
    let twin = second_signature(&token);
    assert_ne!(token, twin);
    let send = async |token: &str| {
        service.get("/me", &[format!("Bearer {token}").as_bytes()]).await.status.as_u16()
    };
    assert_eq!((send(&token).await, send(&twin).await), (200, 200));
    revocations.revoke_token_hash(&TokenHash::of(&token).unwrap(), at(NOW));
    assert_eq!((send(&token).await, send(&twin).await), (401, 401));
    let (other, jti) = (with(&json!({"jti": "t9"})), "t9");
    let token = key.sign(&other).unwrap();
    let twin = second_signature(&token);
    revocations.revoke_token(ISSUER, jti, at(NOW));
    assert_eq!((send(&token).await, send(&twin).await), (401, 401));
}

/// The order of P-256 (SEC 2 §2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

fn second_signature(token: &str) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let mut borrow = 0_i16;
    for (digit, of) in signature[32..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(of) - i16::from(*digit) - borrow;
        borrow = i16::from(difference < 0);
        *digit = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature))
}

#[tokio::test]
async fn t237_names_of_one_issuer_and_kind_are_not_those_of_another() {
    let (service, revocations) = service();
    let token = with(&json!({"jti": "same", "sid": "other", "sub": "third"}));
    revocations.revoke_token("https://another.test", "same", at(NOW));
    revocations.revoke_session(ISSUER, "same", at(NOW));
    revocations.revoke_session(ISSUER, "third", at(NOW));
    revocations.revoke_token(ISSUER, "other", at(NOW));
    revocations.revoke_user(ISSUER, "same", at(NOW), at(NOW));
    assert_eq!(status(&service, &token).await, 200);
}

#[tokio::test]
async fn t118_the_caller_cannot_tell_a_revoked_token_from_a_forged_one() {
    let (service, revocations) = service();
    let forged = service.get("/me", &[b"Bearer forged"]).await;
    revocations.revoke_session(ISSUER, "s1", at(NOW));
    let revoked = service.get_as("/me", &claims()).await;
    assert_eq!((revoked.status, revoked.body), (forged.status, forged.body));
    assert_eq!(revoked.headers, forged.headers);
}

#[tokio::test]
async fn t240_an_entry_outlives_every_token_it_refuses() {
    let (service, revocations) = service();
    let mut longest = claims();
    longest["exp"] = (NOW + 24 * 3600).into();
    revocations.revoke_user(ISSUER, "alice", at(NOW), at(NOW));
    for seconds in [0, 3600, 24 * 3600 - 1, 24 * 3600 + 29] {
        service.clock.set(NOW + seconds);
        revocations.sweep(at(NOW + seconds));
        assert_eq!(status(&service, &longest).await, 401, "after {seconds} s");
    }
    assert_eq!(revocations.len(), 1);
    revocations.sweep(at(NOW + 50 * 3600));
    assert!(revocations.is_empty());
}

/// At the last moment of the longest token, of all moments.
#[tokio::test]
async fn t239_a_jump_of_a_day_at_the_end_of_a_token_does_not_bring_it_back() {
    let (service, revocations) = service();
    let mut longest = claims();
    longest["exp"] = (NOW + 24 * 3600).into();
    let last = NOW + 24 * 3600 + 29;
    revocations.revoke_token(ISSUER, "t1", at(NOW));
    revocations.sweep(at(last + 24 * 3600));
    service.clock.set(last);
    assert_eq!(status(&service, &longest).await, 401);
    let other = with(&json!({"jti": "t2", "exp": NOW + 24 * 3600}));
    assert_eq!(status(&service, &other).await, 200);
}

#[test]
fn t239_what_is_revoked_again_with_an_earlier_clock_is_kept_as_long_as_before() {
    let revocations = Revocations::kept_for(SignedDuration::from_hours(24));
    revocations.revoke_session(ISSUER, "s1", at(NOW + 24 * 3600));
    revocations.revoke_session(ISSUER, "s1", at(NOW));
    revocations.sweep(at(NOW + 72 * 3600));
    assert_eq!(revocations.len(), 1);
}

#[test]
fn t240_an_entry_is_forgotten_when_its_time_is_over_and_not_before() {
    let revocations = Revocations::kept_for(SignedDuration::from_hours(1));
    assert!(revocations.is_empty());
    revocations.revoke_session(ISSUER, "s1", at(NOW));
    assert!(!revocations.is_empty());
    let last = NOW + 26 * 3600;
    for (seconds, left) in [(0, 1), (last - 1, 1), (last, 1), (last + 1, 0)] {
        revocations.sweep(at(seconds));
        assert_eq!(revocations.len(), left, "{seconds}");
    }
}

#[tokio::test]
async fn t239_a_clock_that_jumps_a_day_ahead_and_back_loses_nothing() {
    let (service, revocations) = service();
    revocations.revoke_token(ISSUER, "t1", at(NOW));
    revocations.sweep(at(NOW + 24 * 3600));
    revocations.revoke_token(ISSUER, "t2", at(NOW + 24 * 3600));
    assert_eq!(status(&service, &claims()).await, 401);
}

#[test]
fn t240_a_guard_refuses_revocations_that_forget_too_soon() {
    let keys = || KeySource::keys(signing_key("k1").key_set().unwrap());
    let short = Revocations::kept_for(SignedDuration::from_mins(15));
    let build = |policy| Guard::builder(policy, keys()).revocations(short.clone()).build();
    let error = build(policy()).err().unwrap();
    assert_eq!(error.code(), "forgets_too_soon");
    assert!(error.to_string().contains("https://auth.test"), "{error}");
    let minutes = |minutes| SignedDuration::from_mins(minutes);
    let brief = policy().with_max_lifetime(minutes(14)).unwrap();
    assert!(build(brief).is_ok());
}

#[test]
fn t238_a_million_revocations_are_found_and_forgotten() {
    let revocations = Revocations::default();
    let fifty_hours_later = NOW + 50 * 3600;
    for (numbers, made) in [(0..500_000, NOW), (500_000..1_000_000, fifty_hours_later)] {
        for number in numbers {
            revocations.revoke_token(ISSUER, &format!("token-{number}"), at(made));
        }
        // What the first half left behind went while the second half came.
        assert_eq!(revocations.len(), 500_000);
    }
    revocations.sweep(at(fifty_hours_later + 50 * 3600));
    assert!(revocations.is_empty());
}
