//! Answers that are lost, and requests that are broken off, do not cost the token.

use futures_util::{FutureExt, future::join_all};

use super::{Manner, Shared};

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_and_counts_once() {
    let shared = Shared::start().await;
    shared.behaves(Manner::Loses(1));
    assert_eq!(shared.status("t1").await, 200);
    assert_eq!(shared.asked(), 2);
    assert_eq!(shared.status("t1").await, 401);

    // Lost twice: the next request with that token goes on.
    shared.behaves(Manner::Loses(2));
    assert_eq!(shared.status("t2").await, 503);
    assert_eq!(shared.status_at(&shared.another(), "t2").await, 401, "it is spent for others");
    assert_eq!(shared.status("t2").await, 200);
    assert_eq!(shared.status("t2").await, 401);

    // Of many that come then, one goes on.
    shared.behaves(Manner::Loses(2));
    assert_eq!(shared.status("t3").await, 503);
    let statuses = join_all((0..20).map(|_| shared.status("t3"))).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn a_request_that_is_broken_off_leaves_its_token_to_the_next() {
    let shared = Shared::start().await;
    shared.behaves(Manner::Hangs);
    {
        let mut broken_off = Box::pin(shared.status("t1"));
        while shared.asked() == 0 {
            assert_eq!((&mut broken_off).now_or_never(), None);
            tokio::task::yield_now().await;
        }
    }
    shared.behaves(Manner::Decides);
    assert_eq!(shared.status("t1").await, 200);
    let known = shared.known.lock().unwrap();
    assert_eq!(known.asked[0].1["attempt"], known.asked[1].1["attempt"]);
}

#[tokio::test]
async fn of_several_answers_that_are_lost_at_once_none_costs_the_token() {
    let shared = Shared::start().await;
    shared.behaves(Manner::Loses(20));
    let statuses = join_all((0..10).map(|_| shared.status("t1"))).await;
    assert_eq!(statuses, [503; 10]);
    assert_eq!(shared.status("t1").await, 200, "it counted for one of the ten");
    assert_eq!(shared.status("t1").await, 401);
}

#[tokio::test]
async fn a_request_that_is_refused_leaves_the_token_to_one_whose_answer_is_lost() {
    let shared = Shared::start().await;
    for jti in ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"] {
        shared.behaves(Manner::Loses(4));
        let both = join_all((0..2).map(|_| shared.status(jti))).await;
        assert_eq!(both, [503; 2]);
        // One of the two attempts is under way when the other is answered. Nobody knows for which the token counts.
        shared.behaves(Manner::Hangs);
        let asked = shared.asked();
        let mut under_way = Box::pin(shared.status(jti));
        while shared.asked() == asked {
            assert_eq!((&mut under_way).now_or_never(), None);
            tokio::task::yield_now().await;
        }
        shared.behaves(Manner::Decides);
        let other = shared.status(jti).await;
        drop(under_way);
        let mut statuses = [other, shared.status(jti).await];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401], "{jti}");
        assert_eq!(shared.status(jti).await, 401);
    }
}
