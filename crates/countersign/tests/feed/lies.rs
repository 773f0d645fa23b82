//! Answers that are not the issuer's, or not to the question: none of them is taken, and none of them
//! makes what is known any younger.

use countersign_jwt::{Algorithm, SigningKey};
use countersign_testing::feed::Manner;
use serde_json::{Value, json};

use super::{Fed, LATE, copy};
use crate::service::{claims, signing_key};

fn unbent(_: &mut Value) {}

/// A guard that is well, and why it does not take an answer of this manner.
async fn verdict_on(manner: impl FnOnce(&Fed) -> Manner) -> (Fed, &'static str) {
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    fed.feed.answer(manner(&fed));
    let why = fed.failure().await;
    // It lives on with what it has, for as long as it may.
    assert_eq!(fed.alices().await, 200);
    fed.service.clock.advance(11);
    let answer = fed.service.get_as("/me", &claims()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (503, Some("revocations_stale"))
    );
    fed.feed.answer(Manner::Well);
    fed.ready_again().await;
    assert_eq!(fed.alices().await, 200);
    (fed, why)
}

async fn verdict_on_bent(payload: fn(&mut Value)) -> &'static str {
    let typ = Some("revocations+jwt");
    verdict_on(|_| Manner::Bent { payload, typ, key: None }).await.1
}

#[tokio::test]
async fn t221_an_answer_that_somebody_else_signed_is_not_taken() {
    let typ = Some("revocations+jwt");
    let by = |key| move |_: &Fed| Manner::Bent { payload: unbent, typ, key: Some(key) };
    assert_eq!(verdict_on(by(signing_key("ed1"))).await.1, "wrong_signature");
    assert_eq!(verdict_on(by(signing_key("ed2"))).await.1, "unknown_key");
    let shared = SigningKey::hs256(&[1; 32]).unwrap().with_kid("ed1");
    assert_eq!(verdict_on(by(shared)).await.1, "algorithm_mismatch");
    let other = SigningKey::generate(Algorithm::Es256).unwrap();
    assert_eq!(verdict_on(by(other)).await.1, "no_fitting_key");
}

#[tokio::test]
async fn t221_an_answer_that_was_changed_on_the_way_is_not_taken() {
    let (_, why) = verdict_on(|fed| {
        let payload = json!({ "iss": "https://auth.test", "entries": [] });
        let message = copy(&fed.service.key).sign_message("revocations+jwt", &payload).unwrap();
        let (signed, signature) = message.rsplit_once('.').unwrap();
        let (header, _payload) = signed.split_once('.').unwrap();
        Manner::Says(format!("{header}.e30.{signature}").into_bytes())
    })
    .await;
    assert_eq!(why, "wrong_signature");
}

#[tokio::test]
async fn t221_a_token_is_no_answer_and_an_answer_no_token() {
    let token = |fed: &Fed| Manner::Says(fed.service.token(&claims()).into_bytes());
    assert_eq!(verdict_on(token).await.1, "refused_header");
    for typ in [None, Some("JWT"), Some("at+jwt"), Some("logout+jwt"), Some("REVOCATIONS+JWT")] {
        let manner = |_: &Fed| Manner::Bent { payload: unbent, typ, key: None };
        assert_eq!(verdict_on(manner).await.1, "refused_header", "{typ:?}");
    }
    let fed = Fed::new();
    let message = fed.service.key.sign_message("revocations+jwt", &claims()).unwrap();
    let answer = fed.service.get("/me", &[format!("Bearer {message}").as_bytes()]).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn t221_what_another_issuer_took_back_is_not_taken() {
    let why = verdict_on_bent(|payload| payload["iss"] = "https://another.test".into()).await;
    assert_eq!(why, "other_issuer");
}

#[tokio::test]
async fn t233_an_answer_to_another_question_is_not_taken() {
    assert_eq!(verdict_on_bent(|payload| payload["nonce"] = "another".into()).await, "other_nonce");
    let without = |payload: &mut Value| drop(payload.as_object_mut().unwrap().remove("nonce"));
    assert_eq!(verdict_on_bent(without).await, "malformed");
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    fed.asked_anew().await;
    let nonces: Vec<String> = fed.feed.asked().into_iter().map(|asked| asked.nonce).collect();
    let distinct: std::collections::HashSet<&String> = nonces.iter().collect();
    assert_eq!(distinct.len(), nonces.len());
    assert!(nonces.iter().all(|nonce| nonce.len() >= 22));
}

#[tokio::test]
async fn t232_an_answer_that_leaves_something_out_is_not_taken() {
    let gap = |payload: &mut Value| {
        payload["from"] = (payload["from"].as_u64().unwrap() + 1).into();
        payload["to"] = payload["from"].clone();
    };
    assert_eq!(verdict_on_bent(gap).await, "gap");
    let another = |payload: &mut Value| {
        payload["epoch"] = "another".into();
        (payload["from"], payload["to"]) = (1.into(), 1.into());
    };
    assert_eq!(verdict_on_bent(another).await, "gap");
    assert_eq!(verdict_on_bent(|payload| payload["more"] = true.into()).await, "no_progress");
}

#[tokio::test]
async fn t234_what_is_no_answer_is_not_taken() {
    for (manner, expected) in [
        (Manner::Status(500), "status"),
        (Manner::Status(401), "refused_credential"),
        (Manner::Status(404), "no_feed"),
        (Manner::Status(429), "too_many_requests"),
        (Manner::Status(204), "status"),
        (Manner::Redirect("http://169.254.169.254/".to_owned()), "status"),
        (Manner::HangsUp, "no_answer"),
        (Manner::Says(Vec::new()), "not_three_parts"),
        (Manner::Says(b"<html>Sign in to the hotel</html>".to_vec()), "not_three_parts"),
        (Manner::Says(vec![0xff; 100]), "not_text"),
        (Manner::Says(vec![b'.'; 1_000_000]), "not_three_parts"),
        (Manner::Says(vec![b'x'; 2_000_000]), "too_large"),
        (Manner::Endless, "too_large"),
    ] {
        assert_eq!(verdict_on(|_| manner).await.1, expected);
    }
    assert_eq!(verdict_on_bent(|payload| payload["entries"] = json!([["x"]])).await, "malformed");
    assert_eq!(verdict_on_bent(|payload| payload["to"] = (-1).into()).await, "malformed");
    let many = |payload: &mut Value| {
        payload["entries"] = vec![json!(["j", "AAAAAAAAAAE", LATE]); 10_001].into();
    };
    assert_eq!(verdict_on_bent(many).await, "malformed");
}

/// Nothing of an answer that is not taken is held.
#[tokio::test]
async fn an_answer_is_taken_as_a_whole_or_not_at_all() {
    let half_good = |payload: &mut Value| {
        payload["entries"] = json!([["j", "AAAAAAAAAAE", LATE], ["j", "short", LATE]]);
    };
    let typ = Some("revocations+jwt");
    let (fed, why) = verdict_on(|_| Manner::Bent { payload: half_good, typ, key: None }).await;
    assert_eq!(why, "malformed");
    assert_eq!(fed.known().entries, 0);
}
