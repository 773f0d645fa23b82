//! A guard that the issuer waits for says who it is, and with which keys.

use countersign_testing::feed::Manner;

use super::{Fed, LATE};

#[tokio::test]
async fn a_registered_guard_says_its_name_its_keys_and_what_it_has_taken_in() {
    let secret = "the-secret-of-the-resource-server";
    let fed = Fed::with(|feed| feed.registered("tasks-1", "tasks", secret).unwrap());
    fed.feed.revoke_token("t1", LATE);
    assert_eq!(fed.alices().await, 401);
    fed.taken().await;
    let asked = fed.feed.asked();
    // "tasks:the-secret-of-the-resource-server"
    let basic = "Basic dGFza3M6dGhlLXNlY3JldC1vZi10aGUtcmVzb3VyY2Utc2VydmVy";
    for question in &asked {
        assert_eq!(question.guard.as_deref(), Some("tasks-1"));
        assert_eq!(question.kids.as_deref(), Some("ed1"));
        assert_eq!(question.authorization.as_deref(), Some(basic));
    }
    let first = &asked[0];
    assert_eq!((&first.held, first.wait), (&None, 0));
    let second = &asked[1];
    assert_eq!((&second.held, second.wait), (&Some(("epoch-1".to_owned(), 1)), 2));
}

#[tokio::test]
async fn who_is_not_registered_says_nothing_of_itself() {
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    let asked = fed.feed.asked().remove(0);
    assert_eq!((asked.guard, asked.kids, asked.authorization), (None, None, None));
}

/// After a failure an answer at once is worth more than news.
#[tokio::test]
async fn after_a_failure_the_next_question_waits_for_nothing() {
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    fed.feed.answer(Manner::Status(500));
    fed.failure().await;
    fed.failure().await;
    let asked = fed.feed.asked();
    assert_eq!(asked.iter().map(|asked| asked.wait).collect::<Vec<_>>()[..3], [0, 2, 0]);
}
