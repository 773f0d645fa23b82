//! Two users on one service: neither sees, changes or learns anything of the other.

use serde_json::json;

use crate::fixture::{Api, Service, on_both_services};

on_both_services! {
    t244_a_task_of_somebody_else_is_answered_like_one_that_does_not_exist,
    ids_that_are_none_are_answered_the_same_way,
    t243_t255_another_users_address_is_refused_on_every_route_before_anything_else_is_looked_at,
    lists_and_totals_hold_the_users_own_tasks_only,
    t247_a_user_id_in_a_body_is_never_believed,
}

pub(crate) fn t244_a_task_of_somebody_else_is_answered_like_one_that_does_not_exist(
    service: Service,
) {
    let api = Api::with_secret(service);
    let task = api.add("alice", "Alice's secret");
    let id = task["id"].as_str().expect("an id");
    let missing = "00000000-0000-4000-8000-000000000000";
    let operations = [
        ("GET", "", None),
        ("PUT", "", Some(json!({ "title": "mine" }))),
        ("PATCH", "", Some(json!({ "title": "mine" }))),
        ("PATCH", "/complete", None),
        ("DELETE", "", None),
    ];
    for (method, rest, body) in operations {
        let theirs = api.call("bob", method, &format!("/api/bob/tasks/{id}{rest}"), body.clone());
        let none = api.call("bob", method, &format!("/api/bob/tasks/{missing}{rest}"), body);
        assert_eq!(theirs.status, 404, "{method}{rest}");
        assert_eq!(theirs.body, none.body, "{method}{rest}");
    }
    let untouched = api.call("alice", "GET", &format!("/api/alice/tasks/{id}"), None);
    assert_eq!(untouched.json(), task);
}

fn ids_that_are_none_are_answered_the_same_way(service: Service) {
    let api = Api::with_secret(service);
    let task = api.add("alice", "One");
    let id = task["id"].as_str().expect("an id");
    let missing = "/api/alice/tasks/00000000-0000-4000-8000-000000000000";
    let expected = api.call("alice", "GET", missing, None).body;
    let upper = id.to_uppercase();
    let simple = id.replace('-', "");
    for other in ["1", "%20", "..", "%2e%2e", "null", "' OR 1=1 --", &upper, &simple, "%00"] {
        let path = format!("/api/alice/tasks/{}", other.replace(' ', "%20"));
        let answer = api.call("alice", "GET", &path, None);
        assert_eq!(answer.status, 404, "{other}");
        if !other.contains('.') {
            assert_eq!(answer.body, expected, "{other}");
        }
    }
}

fn t243_t255_another_users_address_is_refused_on_every_route_before_anything_else_is_looked_at(
    service: Service,
) {
    let api = Api::with_secret(service);
    let task = api.add("alice", "Alice's");
    let one = format!("/api/alice/tasks/{}", task["id"].as_str().expect("an id"));
    let routes = [
        ("GET", "/api/alice/tasks".to_owned()),
        ("POST", "/api/alice/tasks".to_owned()),
        ("GET", one.clone()),
        ("PUT", one.clone()),
        ("PATCH", one.clone()),
        ("DELETE", one.clone()),
        ("PATCH", format!("{one}/complete")),
    ];
    for (method, path) in routes {
        let answer = api.call("bob", method, &path, Some(json!({ "nonsense": true })));
        assert_eq!(answer.status, 403, "{method} {path}");
        let detail = "Access denied. You can only access your own resources.";
        assert_eq!(answer.json()["detail"], detail, "{method} {path}");
    }
}

pub(crate) fn lists_and_totals_hold_the_users_own_tasks_only(service: Service) {
    let api = Api::with_secret(service);
    for title in ["A1", "A2"] {
        api.add("alice", title);
    }
    api.add("bob", "B1");
    let list = api.call("bob", "GET", "/api/bob/tasks", None).json();
    assert_eq!(list["total"], 1);
    assert_eq!(list["items"][0]["title"], "B1");
}

fn t247_a_user_id_in_a_body_is_never_believed(service: Service) {
    let api = Api::with_secret(service);
    for body in [
        json!({ "title": "x", "user_id": "bob" }),
        json!({ "title": "x", "id": "00000000-0000-4000-8000-000000000000" }),
        json!({ "title": "x", "userId": "bob" }),
    ] {
        assert_eq!(api.call("alice", "POST", "/api/alice/tasks", Some(body)).status, 422);
    }
    assert_eq!(api.call("bob", "GET", "/api/bob/tasks", None).json()["total"], 0);
}
