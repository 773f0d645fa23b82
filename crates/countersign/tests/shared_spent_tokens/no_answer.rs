//! Without a clear answer nobody passes.

use std::time::Duration;

use serde_json::json;
use tokio::{net::TcpListener, time::timeout};

use super::{Manner, Shared, Shown, at, with_id};
use crate::service::Service;

#[tokio::test]
async fn t236_without_a_clear_answer_nobody_passes() {
    let shared = Shared::start().await;
    for (number, manner) in [
        Manner::Says(503, r#"{"code":"SERVICE_UNAVAILABLE"}"#),
        Manner::Says(500, ""),
        Manner::Says(401, r#"{"code":"INVALID_CLIENT"}"#),
        Manner::Says(404, ""),
        Manner::Says(400, r#"{"code":"VALIDATION_ERROR"}"#),
        Manner::Says(429, ""),
        Manner::Says(201, ""),
        Manner::Says(201, r#"{"attempt":"another"}"#),
        Manner::Says(200, r#"{"spent":false}"#),
        Manner::Says(204, ""),
        Manner::Says(409, "Conflict"),
        Manner::Redirects,
    ]
    .into_iter()
    .enumerate()
    {
        shared.behaves(manner);
        let jti = format!("t{number}");
        let answer = shared.vote(&jti).await;
        assert_eq!(answer.status, 503, "{number}: {}", answer.body);
        assert_eq!(answer.json()["code"], json!("spent_tokens_unavailable"));
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(shared.service.get_as("/me", &with_id(&jti)).await.status, 200);
        shared.behaves(Manner::Decides);
        assert_eq!(shared.status(&jti).await, 200, "{number}: nobody spent it");
        assert_eq!(shared.status(&jti).await, 401);
    }
}

#[tokio::test]
async fn t236_an_answer_that_does_not_come_is_waited_for_a_moment() {
    let shared = Shared::start().await;
    let place = at(&shared.url).with_patience(Duration::from_millis(100)).unwrap();
    let service = Service::with(|builder| builder.spent_tokens_shared(place));
    let shared = Shared { service, ..shared };
    shared.behaves(Manner::Hangs);
    let answer = timeout(Duration::from_mins(1), shared.vote("t1")).await.unwrap();
    assert_eq!(answer.json()["code"], json!("spent_tokens_unavailable"));
}

#[tokio::test]
async fn t236_where_nobody_listens_nobody_passes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/spent-tokens", listener.local_addr().unwrap());
    drop(listener);
    let place = at(&url);
    let service = Service::with(|builder| builder.spent_tokens_shared(place));
    let shared = Shared { known: Shown::default(), url, service };
    assert_eq!(shared.status("t1").await, 503);
    assert_eq!(shared.status("t1").await, 503);
}
