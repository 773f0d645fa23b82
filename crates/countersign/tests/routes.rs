//! Routes in a list: what each demands, and that none is forgotten.

use axum::{Router, body::Body, http::Request, routing::get};
use countersign::{
    Access, Guard,
    axum::{RouteError, Routes, User},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::service::{Service, claims};

async fn me(user: User) -> String {
    user.subject().to_owned()
}

fn routes() -> Routes<Guard> {
    Routes::new()
        .get("/api/{user_id}/tasks", Access::user().owner().scope("tasks:read"), me)
        .post("/api/{user_id}/tasks", Access::user().owner().scope("tasks:write"), me)
        .delete("/api/{user_id}/tasks", Access::user().owner().any_role(["editor", "admin"]), me)
        .put("/vote", Access::user().once(), me)
        .patch("/me", Access::user(), me)
        .public("/livez", get(async || "ok"))
}

fn router(service: &Service) -> Router {
    let guard = service.guard.clone();
    routes().into_router(&guard).unwrap().with_state(guard)
}

async fn send(service: &Service, method: &str, path: &str, claims: Option<&Value>) -> u16 {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(claims) = claims {
        request = request.header("authorization", format!("Bearer {}", service.token(claims)));
    }
    let request = request.body(Body::empty()).unwrap();
    router(service).oneshot(request).await.unwrap().status().as_u16()
}

#[test]
fn the_list_says_who_may_call_what() {
    let listed: Vec<_> = routes().list().map(ToString::to_string).collect();
    assert_eq!(
        listed,
        [
            "GET /api/{user_id}/tasks: owner, scope tasks:read",
            "POST /api/{user_id}/tasks: owner, scope tasks:write",
            "DELETE /api/{user_id}/tasks: owner, role editor or admin",
            "PUT /vote: user, once",
            "PATCH /me: user",
            "* /livez: public",
        ]
    );
}

/// G24: every route of the list with every kind of caller.
#[tokio::test]
async fn t254_every_route_lets_in_whom_the_list_says_and_nobody_else() {
    let service = Service::new();
    let reader = {
        let mut claims = claims();
        claims["scope"] = "tasks:read".into();
        claims
    };
    let editor = {
        let mut claims = claims();
        claims["role"] = "user,editor".into();
        claims
    };
    let (tasks, bobs) = ("/api/alice/tasks", "/api/bob/tasks");
    let (alice, good) = (claims(), Some(&claims()).cloned());
    for (method, path, claims, status) in [
        ("GET", tasks, None, 401),
        ("GET", tasks, good.as_ref(), 200),
        ("HEAD", tasks, None, 401),
        ("GET", bobs, good.as_ref(), 403),
        ("GET", tasks, Some(&reader), 200),
        ("POST", tasks, Some(&reader), 403),
        ("POST", tasks, Some(&alice), 200),
        ("POST", bobs, Some(&alice), 403),
        ("DELETE", tasks, Some(&alice), 403),
        ("DELETE", tasks, Some(&editor), 200),
        ("DELETE", bobs, Some(&editor), 403),
        ("PATCH", "/me", None, 401),
        ("PATCH", "/me", Some(&alice), 200),
        ("PUT", "/vote", None, 401),
        ("PUT", "/vote", Some(&alice), 200),
        ("PUT", "/vote", Some(&alice), 401),
        ("GET", "/livez", None, 200),
        ("PUT", tasks, Some(&alice), 405),
        ("GET", "/elsewhere", Some(&alice), 404),
    ] {
        assert_eq!(send(&service, method, path, claims).await, status, "{method} {path}");
    }
}

#[tokio::test]
async fn of_several_demands_each_has_to_be_met_and_none_of_no_names_can_be() {
    let service = Service::new();
    let none: [&str; 0] = [];
    let status = async |access: Access, scope: &str, role: &str| {
        let guard = service.guard.clone();
        let router = Routes::new().get("/", access, me).into_router(&guard).unwrap();
        let mut claims = claims();
        (claims["scope"], claims["role"]) = (scope.into(), role.into());
        let bearer = format!("Bearer {}", service.token(&claims));
        let request = Request::get("/").header("authorization", bearer).body(Body::empty());
        let answer = router.with_state(guard).oneshot(request.unwrap()).await.unwrap();
        answer.status().as_u16()
    };
    let scopes = || Access::user().scope("a").scope("b");
    let roles = || Access::user().role("c").role("d");
    for (access, scope, role, expected) in [
        (scopes(), "a b", "", 200),
        (scopes(), "a", "", 403),
        (scopes(), "b", "", 403),
        (roles(), "", "c,d", 200),
        (roles(), "", "c", 403),
        (roles(), "", "d", 403),
        (scopes().role("c"), "a b", "d", 403),
        (scopes().role("c"), "a", "c", 403),
        (scopes().role("c"), "b a", "c", 200),
        (Access::user().any_scope(none), "a", "", 403),
        (Access::user().any_role(none), "", "c", 403),
    ] {
        let name = format!("{access} with {scope} as {role}");
        assert_eq!(status(access, scope, role).await, expected, "{name}");
    }
}

#[test]
fn a_route_that_nobody_classified_makes_no_router() {
    let guard = Service::new().guard;
    let routes = Routes::<Guard>::new().unclassified("/debug", get(async || "all of it"));
    let error = routes.into_router(&guard).unwrap_err();
    assert_eq!(error, RouteError::Unclassified { route: "* /debug".to_owned() });
    assert!(error.to_string().starts_with("* /debug: say who may call it"));
}

#[test]
fn an_owner_of_a_path_without_user_makes_no_router() {
    let guard = Service::new().guard;
    for path in ["/tasks", "/api/{id}/tasks", "/api/user_id/tasks", "/api/x{user_id}/tasks"] {
        let routes = Routes::<Guard>::new().get(path, Access::user().owner(), me);
        let error = routes.into_router(&guard).unwrap_err();
        assert_eq!(error, RouteError::NoUserId { route: format!("GET {path}") });
    }
}

#[test]
fn a_route_that_is_there_twice_makes_no_router() {
    let guard = Service::new().guard;
    let twice = || Routes::<Guard>::new().get("/me", Access::user(), me);
    let error = twice().get("/me", Access::user().role("admin"), me).into_router(&guard);
    assert_eq!(error.unwrap_err(), RouteError::Twice { route: "GET /me".to_owned() });
    let error = twice().public("/me", get(async || "ok")).into_router(&guard);
    assert_eq!(error.unwrap_err(), RouteError::Twice { route: "* /me".to_owned() });
    assert!(twice().post("/me", Access::user(), me).into_router(&guard).is_ok());
}

#[test]
fn a_path_with_two_sets_of_names_makes_no_router() {
    let guard = Service::new().guard;
    let routes = Routes::<Guard>::new()
        .get("/api/{user_id}/tasks", Access::user().owner(), me)
        .post("/api/{id}/tasks", Access::user(), me);
    let (route, other) = ("POST /api/{id}/tasks".to_owned(), "/api/{user_id}/tasks".to_owned());
    assert_eq!(routes.into_router(&guard).unwrap_err(), RouteError::OtherNames { route, other });
}

#[tokio::test]
async fn several_scopes_and_roles_are_asked_for_as_one_of_or_all_of() {
    let service = Service::new();
    let with = |scope: &str, role: Value| {
        let mut claims = claims();
        claims["scope"] = scope.into();
        claims["role"] = role;
        claims
    };
    for (path, scope, role, status) in [
        ("/either", "tasks:write", json!(null), 200),
        ("/either", "tasks", json!(null), 403),
        ("/both", "tasks:write", json!(null), 403),
        ("/both", "tasks:read tasks:write", json!(null), 200),
        ("/editors", "", json!("editor"), 200),
        ("/editors", "", json!("user"), 403),
        ("/masters", "", json!("editor"), 403),
        ("/masters", "", json!("editor,admin"), 200),
    ] {
        let answer = service.get_as(path, &with(scope, role.clone())).await;
        assert_eq!(answer.status, status, "{path} with {scope} and {role}");
    }
    let answer = service.get_as("/either", &with("", json!(null))).await;
    let challenge =
        r#"Bearer realm="api", error="insufficient_scope", scope="tasks:read tasks:write""#;
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
}
