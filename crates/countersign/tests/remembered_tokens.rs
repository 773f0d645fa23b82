//! Tokens that were verified before: never one that is expired, revoked, of another user, or whose key is
//! gone.

use std::collections::HashSet;

use countersign::Revocations;
use countersign_jwt::SigningKey;
use jiff::{SignedDuration, Timestamp};
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::{Value, json};

use crate::{
    issuer::Issuer,
    service::{AUDIENCE, ISSUER, NOW, Service, claims, policy, signing_key},
};

fn of(user: &str) -> Value {
    let mut claims = claims();
    claims["sub"] = user.into();
    claims["jti"] = format!("of-{user}").into();
    claims
}

#[tokio::test]
async fn a_token_is_verified_once_and_remembered() {
    let service = Service::new();
    for _ in 0..5 {
        assert_eq!(service.get_as("/me", &claims()).await.json()["subject"], "alice");
    }
    let metrics = service.guard.metrics();
    assert_eq!((metrics.admitted, metrics.cache_hits), (5, 4));
    assert!(metrics.to_string().contains("countersign_cache_hits_total 4\n"), "{metrics}");
}

#[tokio::test]
async fn one_request_is_one_decision_however_many_arguments_ask_for_it() {
    let service = Service::new();
    assert_eq!(service.get_as("/api/alice/tasks", &claims()).await.status, 200);
    let metrics = service.guard.metrics();
    assert_eq!((metrics.admitted, metrics.cache_hits), (1, 0));
}

#[tokio::test]
async fn nothing_is_remembered_when_there_is_no_room() {
    let service = Service::with(|builder| builder.cached_tokens(0));
    for _ in 0..3 {
        assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    }
    assert_eq!(service.guard.metrics().cache_hits, 0);
}

#[tokio::test]
async fn t241_two_users_are_never_mixed_up_however_small_the_memory() {
    let service = Service::with(|builder| builder.cached_tokens(1));
    let users: Vec<String> = (0..50).map(|number| format!("user-{number}")).collect();
    for _ in 0..3 {
        for user in &users {
            assert_eq!(service.get_as("/me", &of(user)).await.json()["subject"], user.as_str());
        }
    }
}

#[tokio::test]
async fn t241_expiry_beats_the_memory() {
    let service = Service::new();
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    service.clock.set(NOW + 929);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    service.clock.set(NOW + 930);
    assert_eq!(service.get_as("/me", &claims()).await.json()["code"], "token_expired");
}

#[tokio::test]
async fn t083_t241_age_beats_the_memory() {
    let five_minutes = policy().with_max_age(SignedDuration::from_mins(5)).unwrap();
    let service = Service::with_policy(five_minutes);
    for second in [0, 329] {
        service.clock.set(NOW + second);
        assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    }
    assert_eq!(service.guard.metrics().cache_hits, 1);
    service.clock.set(NOW + 330);
    assert_eq!(service.get_as("/me", &claims()).await.json()["code"], "invalid_token");

    let mut undated = claims();
    undated.as_object_mut().unwrap().remove("iat");
    assert_eq!(service.get_as("/me", &undated).await.status, 401);
    let mut brief = claims();
    (brief["iat"], brief["exp"]) = ((NOW + 330).into(), (NOW + 390).into());
    assert_eq!(service.get_as("/me", &brief).await.status, 200);
    service.clock.set(NOW + 420);
    assert_eq!(service.get_as("/me", &brief).await.json()["code"], "token_expired");
}

#[tokio::test]
async fn a_clock_that_was_set_back_has_the_token_verified_again() {
    let service = Service::new();
    service.clock.set(NOW + 60);
    let mut starting = claims();
    starting["nbf"] = (NOW + 60).into();
    assert_eq!(service.get_as("/me", &starting).await.status, 200);
    service.clock.set(NOW);
    assert_eq!(service.get_as("/me", &starting).await.status, 401);
}

#[tokio::test]
async fn t241_failures_are_not_remembered_as_successes() {
    let service = Service::new();
    let token = service.token(&claims());
    let forged = format!("{}x", &token[..token.len() - 1]);
    for token in [&forged, &token, &forged] {
        let status = service.get("/me", &[format!("Bearer {token}").as_bytes()]).await.status;
        assert_eq!(status == 200, *token != forged);
    }
}

#[tokio::test]
async fn a_key_that_is_withdrawn_takes_its_remembered_tokens_along() {
    let (old, new) = (signing_key("old"), signing_key("new"));
    let issuer = Issuer::start(&[&old]);
    let service = Service::fetching_from(&issuer.url, new);
    assert_eq!(service.get_with_key(&old).await.status, 200);
    assert_eq!(service.get_with_key(&old).await.status, 200);
    assert_eq!(service.guard.metrics().cache_hits, 1);
    issuer.publish_keys(&[&service.key]);
    service.clock.advance(601);
    assert_eq!(service.get_with_key(&old).await.status, 401);
}

/// What can happen to a guard, in any order.
#[derive(Clone, Debug)]
enum Step {
    Request { user: u8, key: u8 },
    RevokeToken { user: u8 },
    RevokeSession { user: u8 },
    RevokeUser { user: u8 },
    Advance { seconds: i64 },
    Publish { keys: [bool; 2] },
}

fn step() -> impl Strategy<Value = Step> {
    let user = 0..3_u8;
    prop_oneof![
        6 => (user.clone(), 0..2_u8).prop_map(|(user, key)| Step::Request { user, key }),
        1 => user.clone().prop_map(|user| Step::RevokeToken { user }),
        1 => user.clone().prop_map(|user| Step::RevokeSession { user }),
        1 => user.prop_map(|user| Step::RevokeUser { user }),
        2 => (1..700_i64).prop_map(|seconds| Step::Advance { seconds }),
        1 => any::<[bool; 2]>().prop_map(|keys| Step::Publish { keys }),
    ]
}

/// What the guard must have decided, kept in the plainest way.
struct Model {
    now: i64,
    revoked: HashSet<u8>,
    published: [bool; 2],
    /// What the guard may hold: what was published, until it is older than ten minutes or a token named a
    /// key that was not among them.
    held: Option<([bool; 2], i64)>,
}

impl Model {
    /// Whether the token must be refused, or must be let in; neither when the age of the keys decides.
    fn verdict(&mut self, user: u8, key: u8) -> Option<bool> {
        let revoked = self.revoked.contains(&user);
        let expired = self.now >= NOW + 3600 + 30;
        let published = self.published[usize::from(key)];
        let was_held = self.held.is_some_and(|(held, _)| held[usize::from(key)]);
        let fresh = self.held.is_some_and(|(_, at)| self.now - at <= 600);
        if revoked || expired {
            return Some(false);
        }
        match (published, was_held && fresh) {
            (true, true) => Some(true),
            (false, false) => Some(false),
            _ => None,
        }
    }
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let keys = [signing_key("k0"), signing_key("k1")];
    let issuer = Issuer::start(&[&keys[0], &keys[1]]);
    let revocations = Revocations::default();
    let given = revocations.clone();
    let service = Service::fetching_with(&issuer.url, signing_key("unused"), |builder| {
        builder.revocations(given).cached_tokens(8)
    });
    let mut model =
        Model { now: NOW, revoked: HashSet::new(), published: [true, true], held: None };
    for step in steps {
        let now = Timestamp::from_second(model.now).unwrap();
        match step {
            Step::Request { user, key } => {
                let must = model.verdict(user, key);
                let fetches = issuer.fetches();
                let status = request(&service, &keys[usize::from(key)], user).await;
                if let Some(admitted) = must {
                    prop_assert_eq!(status == 200, admitted, "user {} key {}", user, key);
                }
                if status == 200 {
                    let (published, held) = (model.published, model.held);
                    let known = published[usize::from(key)]
                        || held.is_some_and(|(held, _)| held[usize::from(key)]);
                    prop_assert!(known, "a key that was never published");
                }
                if issuer.fetches() > fetches {
                    model.held = Some((model.published, model.now));
                }
            }
            Step::RevokeToken { user } => {
                revocations.revoke_token(ISSUER, &format!("t{user}"), now);
                model.revoked.insert(user);
            }
            Step::RevokeSession { user } => {
                revocations.revoke_session(ISSUER, &format!("s{user}"), now);
                model.revoked.insert(user);
            }
            Step::RevokeUser { user } => {
                revocations.revoke_user(ISSUER, &format!("u{user}"), now, now);
                model.revoked.insert(user);
            }
            Step::Advance { seconds } => {
                model.now += seconds;
                service.clock.advance(seconds);
            }
            Step::Publish { keys: published } => {
                let present = keys.iter().zip(published).filter(|(_, present)| *present);
                issuer.publish_keys(&present.map(|(key, _)| key).collect::<Vec<_>>());
                model.published = published;
            }
        }
    }
    Ok(())
}

async fn request(service: &Service, key: &SigningKey, user: u8) -> u16 {
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": format!("u{user}"), "sid": format!("s{user}"),
        "jti": format!("t{user}"), "iat": NOW, "exp": NOW + 3600,
    });
    let bearer = format!("Bearer {}", key.sign(&claims).unwrap());
    service.get("/me", &[bearer.as_bytes()]).await.status.as_u16()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn t241_in_any_order_of_events_the_memory_changes_no_verdict(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(steps))?;
    }
}
