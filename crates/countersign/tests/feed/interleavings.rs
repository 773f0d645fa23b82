//! Revocations, requests, new sequences and outages in any order: what was taken in is refused for ever,
//! nobody else is, and nothing is let in on knowledge that is too old.

use std::collections::HashSet;

use countersign_testing::feed::Manner;
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::json;

use super::{Fed, LATE, with};
use crate::service::NOW;

#[derive(Clone, Debug)]
enum Step {
    Request {
        user: u8,
    },
    Revoke {
        user: u8,
        by: By,
    },
    /// So many others at once.
    RevokeOthers {
        number: u8,
    },
    Advance {
        seconds: i64,
    },
    Epoch {
        number: u8,
    },
    Restore {
        entries: usize,
    },
    Away,
    Back,
}

#[derive(Clone, Copy, Debug)]
enum By {
    Token,
    Session,
    User,
    Hash,
}

fn step() -> impl Strategy<Value = Step> {
    let by = prop_oneof![Just(By::Token), Just(By::Session), Just(By::User), Just(By::Hash)];
    prop_oneof![
        12 => (0..6_u8).prop_map(|user| Step::Request { user }),
        4 => (0..6_u8, by).prop_map(|(user, by)| Step::Revoke { user, by }),
        1 => (1..80_u8).prop_map(|number| Step::RevokeOthers { number }),
        4 => (1..8_i64).prop_map(|seconds| Step::Advance { seconds }),
        1 => (0..3_u8).prop_map(|number| Step::Epoch { number }),
        1 => (0..4_usize).prop_map(|entries| Step::Restore { entries }),
        1 => Just(Step::Away),
        1 => Just(Step::Back),
    ]
}

/// What the guard must know, kept in the plainest way.
#[derive(Default)]
struct Model {
    taken: HashSet<u8>,
    /// Revoked while the feed was away.
    untold: HashSet<u8>,
    away: bool,
    /// Seconds since what is known was asked for.
    age: i64,
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let fed = Fed::built(|builder, feed| builder.revocation_feed(feed).cached_tokens(8));
    fed.service.guard.ready().await.unwrap();
    let mut model = Model::default();
    let claims = |user: u8| {
        with(&json!({
            "sub": format!("u{user}"), "sid": format!("s{user}"), "jti": format!("t{user}"),
            "exp": LATE,
        }))
    };
    for step in steps {
        match step {
            Step::Request { user } => {
                let status = fed.status(&claims(user)).await;
                let expected = match (model.taken.contains(&user), model.age > 10) {
                    (true, _) => 401,
                    (false, true) => 503,
                    (false, false) => 200,
                };
                prop_assert_eq!(status, expected, "user {}", user);
            }
            Step::Revoke { user, by } => {
                match by {
                    By::Token => fed.feed.revoke_token(&format!("t{user}"), LATE),
                    By::Session => fed.feed.revoke_session(&format!("s{user}"), LATE),
                    By::User => fed.feed.revoke_user(&format!("u{user}"), NOW, LATE),
                    By::Hash => {
                        fed.feed.revoke_this_token(&fed.service.token(&claims(user)), LATE);
                    }
                }
                model.untold.insert(user);
                told(&fed, &mut model).await;
            }
            Step::RevokeOthers { number } => {
                for other in 0..number {
                    fed.feed.revoke_token(&format!("other-{other}"), LATE);
                }
                told(&fed, &mut model).await;
            }
            Step::Advance { seconds } => {
                fed.service.clock.advance(seconds);
                model.age += seconds;
                if !model.away {
                    fed.asked_anew().await;
                    model.age = 0;
                }
            }
            Step::Epoch { number } if !model.away => {
                fed.feed.begin_epoch(&format!("epoch-{number}"), [number; 16]);
                fed.taken().await;
            }
            Step::Restore { entries } if !model.away => {
                fed.feed.restore(entries);
                fed.taken().await;
            }
            Step::Away if !model.away => {
                fed.taken().await;
                fed.feed.answer(Manner::Status(503));
                fed.failure().await;
                model.away = true;
            }
            Step::Back if model.away => {
                fed.feed.answer(Manner::Well);
                fed.taken().await;
                fed.asked_anew().await;
                model.away = false;
                model.age = 0;
                told(&fed, &mut model).await;
            }
            Step::Away | Step::Back | Step::Epoch { .. } | Step::Restore { .. } => {}
        }
    }
    Ok(())
}

/// The guard takes in what there is, if it can.
async fn told(fed: &Fed, model: &mut Model) {
    if !model.away {
        fed.taken().await;
        model.taken.extend(model.untold.drain());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn t221_t232_t241_in_any_order_of_events_what_was_taken_in_is_refused_and_nobody_else(
        steps in proptest::collection::vec(step(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(steps))?;
    }
}
