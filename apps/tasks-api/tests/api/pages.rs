//! Lists in pages.

use std::collections::HashSet;

use serde_json::json;

use crate::fixture::{Api, Service, on_both_services};

on_both_services! {
    walking_through_the_pages_meets_every_task_once_the_newest_first,
    a_list_can_be_of_completed_tasks_or_of_others,
    parameters_that_are_not_of_their_form_are_named,
}

pub(crate) fn walking_through_the_pages_meets_every_task_once_the_newest_first(service: Service) {
    let api = Api::with_secret(service);
    for number in 0..120 {
        api.add("alice", &format!("Task {number}"));
    }
    let (mut met, mut dates) = (HashSet::new(), Vec::new());
    let mut path = "/api/alice/tasks?limit=50".to_owned();
    let mut sizes = Vec::new();
    loop {
        let page = api.call("alice", "GET", &path, None).json();
        assert_eq!(page["total"], 120);
        let items = page["items"].as_array().expect("items");
        sizes.push(items.len());
        for item in items {
            assert!(met.insert(item["id"].as_str().expect("an id").to_owned()), "met twice");
            dates.push(item["created_at"].as_str().expect("a date").to_owned());
        }
        // A task that is added meanwhile belongs to a page before.
        if sizes.len() == 1 {
            let late = api.add("alice", "Late");
            let gone = api.call(
                "alice",
                "DELETE",
                &format!("/api/alice/tasks/{}", late["id"].as_str().expect("an id")),
                None,
            );
            assert_eq!(gone.status, 204);
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/alice/tasks?limit=50&cursor={cursor}");
    }
    assert_eq!(sizes, [50, 50, 20]);
    assert_eq!(met.len(), 120);
    assert!(dates.is_sorted_by(|one, next| one >= next));
}

pub(crate) fn a_list_can_be_of_completed_tasks_or_of_others(service: Service) {
    let api = Api::with_secret(service);
    for title in ["One", "Two", "Three"] {
        api.add("alice", title);
    }
    let list = api.call("alice", "GET", "/api/alice/tasks", None).json();
    let id = list["items"][1]["id"].as_str().expect("an id");
    api.call("alice", "PATCH", &format!("/api/alice/tasks/{id}/complete"), None);
    let done = api.call("alice", "GET", "/api/alice/tasks?completed=true", None).json();
    assert_eq!((&done["total"], &done["items"][0]["title"]), (&json!(1), &json!("Two")));
    let open = api.call("alice", "GET", "/api/alice/tasks?completed=false&limit=1", None).json();
    assert_eq!(open["total"], 2);
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
    assert!(open["next_cursor"].is_string());
}

fn parameters_that_are_not_of_their_form_are_named(service: Service) {
    let api = Api::with_secret(service);
    let cases = [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=MSB4", "cursor"),
        ("completed=yes", "completed"),
        ("completed=1", "completed"),
        ("page=2", "page"),
        ("user_id=bob", "user_id"),
    ];
    for (query, name) in cases {
        let answer = api.call("alice", "GET", &format!("/api/alice/tasks?{query}"), None);
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["errors"][0]["field"], name, "{query}");
    }
}
