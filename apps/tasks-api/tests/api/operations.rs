//! The five operations, as their owner uses them.

use serde_json::{Value, json};

use crate::fixture::{Api, Service, on_both_services};

on_both_services! {
    a_task_is_added_seen_changed_completed_and_deleted,
    a_description_can_be_taken_away_and_what_is_not_named_stays,
    the_service_says_that_it_is_alive_and_ready,
}

pub(crate) fn a_task_is_added_seen_changed_completed_and_deleted(service: Service) {
    let api = Api::with_secret(service);
    let body = json!({ "title": "  Buy milk ", "description": "2 litres" });
    let added = api.call("alice", "POST", "/api/alice/tasks", Some(body));
    assert_eq!(added.status, 201);
    let task = added.json();
    let path = format!("/api/alice/tasks/{}", task["id"].as_str().expect("an id"));
    assert_eq!(added.header("location"), Some(path.as_str()));
    assert_eq!(added.header("cache-control"), Some("no-store"));
    assert_eq!(task["title"], "Buy milk");
    assert_eq!(task["user_id"], "alice");
    assert_eq!(task["completed"], false);
    assert_eq!(task["created_at"], task["updated_at"]);

    assert_eq!(api.call("alice", "GET", &path, None).json(), task);

    let changed = api.call("alice", "PATCH", &path, Some(json!({ "title": "Buy oat milk" })));
    assert_eq!((changed.status, &changed.json()["title"]), (200, &json!("Buy oat milk")));
    assert_eq!(changed.json()["description"], "2 litres");

    let done = api.call("alice", "PATCH", &format!("{path}/complete"), None);
    assert_eq!((done.status, &done.json()["completed"]), (200, &json!(true)));
    let undone = api.call("alice", "PATCH", &format!("{path}/complete"), None);
    assert_eq!(undone.json()["completed"], false);

    let anew = json!({ "title": "Buy rice", "completed": true });
    let anew = api.call("alice", "PUT", &path, Some(anew)).json();
    assert_eq!(anew["title"], "Buy rice");
    assert_eq!(anew["description"], Value::Null);
    assert_eq!(anew["completed"], true);
    assert_eq!(anew["created_at"], task["created_at"]);

    let deleted = api.call("alice", "DELETE", &path, None);
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    for (method, body) in [("GET", None), ("DELETE", None), ("PATCH", Some(json!({})))] {
        assert_eq!(api.call("alice", method, &path, body).status, 404, "{method}");
    }
    let list = api.call("alice", "GET", "/api/alice/tasks", None).json();
    assert_eq!(list, json!({ "items": [], "total": 0, "next_cursor": null }));
}

fn a_description_can_be_taken_away_and_what_is_not_named_stays(service: Service) {
    let api = Api::with_secret(service);
    let body = json!({ "title": "Write", "description": "long" });
    let task = api.call("alice", "POST", "/api/alice/tasks", Some(body)).json();
    let path = format!("/api/alice/tasks/{}", task["id"].as_str().expect("an id"));
    let same = api.call("alice", "PATCH", &path, Some(json!({}))).json();
    assert_eq!((&same["title"], &same["description"]), (&json!("Write"), &json!("long")));
    let bare = api.call("alice", "PATCH", &path, Some(json!({ "description": null }))).json();
    assert_eq!((&bare["title"], &bare["description"]), (&json!("Write"), &Value::Null));
}

pub(crate) fn the_service_says_that_it_is_alive_and_ready(service: Service) {
    let api = Api::with_secret(service);
    assert_eq!(
        countersign_testing::http::send(api.origin(), "GET", "/livez", &[], None).status,
        200
    );
    assert_eq!(
        countersign_testing::http::send(api.origin(), "GET", "/readyz", &[], None).status,
        200
    );
}
