//! Tokens that the guard remembers, and looks up again only where one of their names may have come since: it
//! has to find what it would find by looking everything up.

use serde_json::json;

use super::{Fed, LATE, with};

impl Fed {
    /// The statuses of the tokens with these ids.
    async fn of(&self, ids: &[&str]) -> Vec<u16> {
        let mut statuses = Vec::new();
        for id in ids {
            let own = json!({"jti": id, "sid": format!("s-{id}"), "sub": format!("u-{id}")});
            statuses.push(self.status(&with(&own)).await);
        }
        statuses
    }

    async fn told_of_others(&self, others: usize) {
        for other in 0..others {
            self.feed.revoke_token(&format!("other-{other}"), LATE);
        }
        self.taken().await;
    }
}

#[tokio::test]
async fn t241_among_few_and_among_many_that_came_each_one_is_found() {
    // Of 512 a block is made, and of eight blocks a ring.
    for (before, after) in [
        (0, 0),
        (0, 100),
        (100, 0),
        (509, 1),
        (510, 1),
        (511, 1),
        (0, 3600),
        (3600, 0),
        (5000, 600),
    ] {
        let fed = Fed::new();
        assert_eq!(fed.of(&["t1", "t2"]).await, [200, 200]);
        fed.told_of_others(1).await;
        assert_eq!(fed.of(&["t1", "t2"]).await, [200, 200]);
        fed.told_of_others(before).await;
        fed.feed.revoke_session("s-t1", LATE);
        fed.told_of_others(after).await;
        assert_eq!(fed.of(&["t1", "t2", "t1"]).await, [401, 200, 401], "{before}, {after}");
        assert!(fed.service.guard.metrics().cache_hits > 0);
    }
}

#[tokio::test]
async fn t241_one_that_was_not_meant_yet_is_found_when_it_is() {
    let fed = Fed::new();
    let alices = || fed.alices();
    assert_eq!(alices().await, 200);
    fed.feed.revoke_user("alice", crate::service::NOW - 1, LATE);
    fed.taken().await;
    assert_eq!(alices().await, 200);
    fed.feed.revoke_user("alice", crate::service::NOW, LATE);
    fed.taken().await;
    assert_eq!(alices().await, 401);
}

/// The guard begins to hash tokens with the first that is taken back by its hash: those that it remembers
/// were not.
#[tokio::test]
async fn t102_the_first_and_the_second_that_are_taken_back_by_their_hash_are_found() {
    let fed = Fed::new();
    let bare = |iat| with(&json!({"jti": null, "sid": null, "iat": crate::service::NOW - iat}));
    let statuses = async || {
        let mut statuses = Vec::new();
        for iat in [1, 2, 3] {
            statuses.push(fed.status(&bare(iat)).await);
        }
        statuses
    };
    assert_eq!(statuses().await, [200, 200, 200]);
    for (iat, expected) in [(1, [401, 200, 200]), (2, [401, 401, 200]), (3, [401, 401, 401])] {
        fed.feed.revoke_this_token(&fed.service.token(&bare(iat)), LATE);
        fed.taken().await;
        assert_eq!(statuses().await, expected);
    }
}

/// What was hashed for one sequence is nothing to the entries of another.
#[tokio::test]
async fn t232_a_remembered_token_is_found_in_every_sequence_that_comes() {
    let fed = Fed::new();
    assert_eq!(fed.of(&["t1", "t2", "t3"]).await, [200, 200, 200]);
    fed.feed.begin_epoch("epoch-2", [2; 16]);
    fed.told_of_others(1).await;
    assert_eq!(fed.of(&["t1", "t2", "t3"]).await, [200, 200, 200]);
    fed.feed.revoke_token("t1", LATE);
    fed.taken().await;
    assert_eq!(fed.of(&["t1", "t2", "t3"]).await, [401, 200, 200]);
    fed.feed.begin_epoch("epoch-1", [1; 16]);
    fed.told_of_others(1).await;
    assert_eq!(fed.of(&["t1", "t2", "t3"]).await, [401, 200, 200]);
    fed.feed.revoke_token("t2", LATE);
    fed.taken().await;
    assert_eq!(fed.of(&["t1", "t2", "t3"]).await, [401, 401, 200]);
}

/// Between two questions about the token another sequence came, took it back, and went.
#[tokio::test]
async fn t232_what_a_sequence_took_back_that_is_gone_again_is_found() {
    let fed = Fed::new();
    assert_eq!(fed.of(&["t1", "t2"]).await, [200, 200]);
    fed.told_of_others(1).await;
    assert_eq!(fed.of(&["t1", "t2"]).await, [200, 200]);
    fed.feed.begin_epoch("epoch-2", [2; 16]);
    fed.feed.revoke_token("t1", LATE);
    fed.taken().await;
    fed.feed.begin_epoch("epoch-1", [1; 16]);
    fed.told_of_others(2).await;
    assert_eq!(fed.of(&["t1", "t2"]).await, [401, 200]);
}
