//! Roles: what a user is, as far as the token says.

use serde_json::{Value, json};

use crate::service::{Service, claims};

fn with_role(role: Value) -> Value {
    let mut claims = claims();
    claims["role"] = role;
    claims
}

#[tokio::test]
async fn r18_a_missing_role_is_named() {
    let answer = Service::new().get_as("/reports", &claims()).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.json()["code"], "insufficient_role");
    assert_eq!(answer.json()["detail"], "Access denied. The role admin is needed.");
    assert_eq!(Service::new().get("/reports", &[]).await.status, 401);
}

#[tokio::test]
async fn a_role_is_one_of_several_with_commas_between_or_in_a_list() {
    let service = Service::new();
    for role in
        [json!("admin"), json!("user,admin"), json!("user, admin"), json!(["user", "admin"])]
    {
        assert_eq!(service.get_as("/reports", &with_role(role)).await.body, "alice");
    }
}

#[tokio::test]
async fn only_exact_roles_of_the_right_form_count() {
    let service = Service::new();
    for role in [
        json!("Admin"),
        json!("administrator"),
        json!("user admin"),
        json!("admin;user"),
        json!(""),
        json!(","),
        json!(null),
        json!(1),
        json!(true),
        json!({ "admin": true }),
        json!(["admin", 1]),
        json!([["admin"]]),
    ] {
        assert_eq!(
            service.get_as("/reports", &with_role(role.clone())).await.status,
            403,
            "{role}"
        );
    }
}
