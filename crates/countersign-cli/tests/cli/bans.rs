//! What an operator does to users, and what a service that follows the feed makes of it.

use std::{
    process::{Command, Output},
    time::Duration,
};

use countersign::{Guard, KeySource, Policy, Refusal, RevocationFeed};
use countersign_jwt::dangerous::read_without_verifying;
use countersign_testing::{
    SECRET,
    binaries::Countersign,
    file_in,
    http::{Answer, send},
};
use http::request::Parts;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::wire::{PASSWORD, binary, session, sign_in, sign_up, token};

const CREDENTIAL: &str = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";

/// What nobody waits longer for.
const PATIENCE: Duration = Duration::from_secs(30);

fn run(words: &[&str], settings: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(binary());
    command.env_clear().args(words).envs(settings.iter().copied());
    let Output { status, stdout, stderr } = command.output().expect("the binary runs");
    let said = String::from_utf8([stdout, stderr].concat()).expect("text");
    assert!(!said.contains(SECRET), "a secret was said: {said}");
    (status.success(), said)
}

/// A service that is registered, so that commands wait for it.
fn guard(server: &Countersign) -> Guard {
    let url = server.url();
    let keys = KeySource::jwks_url(&format!("{url}/api/auth/jwks")).expect("an address");
    let feed = RevocationFeed::at(&format!("{url}/api/auth/revocations"));
    let feed = feed.and_then(|feed| feed.registered("tasks-1", "tasks", CREDENTIAL));
    let policy = Policy::new(url, url).expect("an issuer");
    Guard::builder(policy, keys).revocation_feed(feed.expect("a feed")).build().expect("a guard")
}

fn request(token: &str) -> Parts {
    let request = http::Request::get("/tasks").header("authorization", format!("Bearer {token}"));
    request.body(()).expect("a request").into_parts().0
}

async fn refused(guard: &Guard, token: &str) {
    let refused = guard.admit(&request(token)).await.expect_err("it is taken back");
    assert!(matches!(refused.refusal(), Refusal::Revoked(_)), "{:?}", refused.refusal());
}

/// A token that is issued in a later second than what refuses older ones, as the guard takes it.
async fn admitted(guard: &Guard, server: &Countersign, cookie: &str) -> String {
    let admitted = async {
        loop {
            let token = token(server.url(), cookie);
            if guard.admit(&request(&token)).await.is_ok() {
                return token;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, admitted).await.expect("a new token is good")
}

fn post(server: &Countersign, path: &str, cookie: &str, body: &Value) -> Answer {
    let url = server.url();
    let headers = [("Content-Type", "application/json"), ("Origin", url), ("Cookie", cookie)];
    send(url, "POST", &format!("/api/auth{path}"), &headers, Some(&body.to_string()))
}

fn refresh(server: &Countersign, grant: &Value) -> Answer {
    let json = [("Content-Type", "application/json")];
    send(server.url(), "POST", "/api/auth/token", &json, Some(&grant.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn t212_t224_who_is_banned_is_refused_everywhere_when_the_command_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let credentials = format!("tasks:{CREDENTIAL}");
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("BETTER_AUTH_SECRET", SECRET),
        ("COUNTERSIGN_ADMIN__ENABLED", "true"),
        ("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true"),
        ("COUNTERSIGN_REFRESH_TOKENS__PASSWORD_GRANT", "true"),
        ("COUNTERSIGN_TOKEN__ROLE_SCOPES", "user=tasks:read, admin=users:write"),
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", &credentials),
    ];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let ann = sign_up(server.url(), "ann@example.com");
    let bob = sign_up(server.url(), "bob@example.com");
    let password =
        json!({ "grant_type": "password", "username": "ann@example.com", "password": PASSWORD });
    let pair = refresh(&server, &password).json();
    let guard = guard(&server);
    let (hers, his) = (token(server.url(), &ann), token(server.url(), &bob));
    for token in [&hers, &his] {
        guard.admit(&request(token)).await.expect("it is good");
    }

    let words = ["user", "ban", "ann@example.com", "--reason", "spam", "--for", "7d", "--wait"];
    let (done, text) = run(&[&words[..], &["--timeout", "30"]].concat(), &settings);
    assert!(done && text.contains("ann@example.com is banned until"), "{text}");
    assert!(text.contains("every registered guard refuses its tokens: 1"), "{text}");
    refused(&guard, &hers).await;
    guard.admit(&request(&his)).await.expect("nobody else's ended");
    assert!(session(server.url(), &ann).is_null());
    let grant = json!({ "grant_type": "refresh_token", "refresh_token": pair["refresh_token"] });
    let again = refresh(&server, &grant);
    assert_eq!((again.status, &again.json()["error"]), (400, &json!("invalid_grant")));
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let answer = post(&server, "/sign-in/email", "", &body);
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("BANNED_USER")));

    let (done, text) = run(&["user", "unban", "ann@example.com"], &settings);
    assert!(done && text.contains("ann@example.com may sign in again"), "{text}");
    sign_in(server.url(), "ann@example.com");
    refused(&guard, &hers).await;

    let words = ["user", "role", "bob@example.com", "admin", "--wait", "--timeout", "30"];
    let (done, text) = run(&words, &settings);
    assert!(done && text.contains("the role of bob@example.com is admin"), "{text}");
    refused(&guard, &his).await;
    let new = admitted(&guard, &server, &bob).await;
    let scope =
        |token: &str| read_without_verifying(token).expect("a token").claims["scope"].clone();
    assert_eq!((scope(&his), scope(&new)), (json!("tasks:read"), json!("users:write")));
    let listed = post(&server, "/admin/list-user-sessions", &bob, &json!({ "userId": "x" }));
    assert_eq!(listed.status, 200, "he is one at once: {}", listed.body);
}

#[test]
fn what_cannot_be_done_to_a_user_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let settings = [("DATABASE_URL", url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    sign_up(server.url(), "ann@example.com");
    drop(server);
    let (done, text) = run(&["user", "ban", "ann@example.com"], &settings);
    assert!(!done && text.contains("set admin.enabled = true"), "{text}");
    let on = [&settings[..], &[("COUNTERSIGN_ADMIN__ENABLED", "true")]].concat();
    let (done, text) = run(&["migrate", "apply"], &on);
    assert!(done, "{text}");
    let (done, text) = run(&["migrate", "status"], &settings);
    assert!(done && text.contains("admin is on"), "{text}");

    for (words, said) in [
        (&["user", "ban", "eve@example.com"][..], "no user has the address or id eve@example.com"),
        (&["user", "ban", "ann@example.com", "--for", "soon"], "a number and s, m, h or d"),
        (&["user", "ban", "ann@example.com", "--for", "0"], "a number and s, m, h or d"),
        (&["user", "ban", "ann@example.com", "--reason", ""], "--reason"),
        (&["user", "ban", "ann@example.com", "--timeout", "3"], "--wait"),
        (&["user", "role", "ann@example.com"], "<ROLE>"),
        (&["user", "role", "ann@example.com", ""], "<ROLE>"),
        (&["user", "role", "ann@example.com", "user, editor"], "nothing but a comma between"),
        (&["user", "role", "ann@example.com", "user,"], "nothing but a comma between"),
    ] {
        let (done, text) = run(words, &settings);
        assert!(!done && text.contains(said), "{words:?}: {text}");
    }
    let (done, text) = run(&["user", "ban", "ann@example.com"], &settings);
    assert!(done && text.contains("ann@example.com is banned for good"), "{text}");
    assert!(!text.contains("stay good"), "{text}");
    // A blank within a name is Better Auth's to allow, and it does.
    let (done, text) = run(&["user", "role", "ann@example.com", "user,shift lead"], &settings);
    assert!(done && text.contains("the role of ann@example.com is user,shift lead"), "{text}");
    let no_feed = [&on[..], &[("COUNTERSIGN_REVOCATION__ENABLED", "false")]].concat();
    let role = ["user", "role", "ann@example.com", "editor"];
    for words in [&["user", "ban", "ann@example.com"][..], &role] {
        let (done, text) = run(words, &no_feed);
        assert!(done && text.contains("stay good until they expire"), "{words:?}: {text}");
    }
    let off =
        [("BETTER_AUTH_URL", "http://127.0.0.1:4000"), ("COUNTERSIGN_ADMIN__ENABLED", "false")];
    let off = [&settings[..], &off].concat();
    let (done, text) = run(&["serve", "--listen", "127.0.0.1:0"], &off);
    assert!(!done && text.contains("who is banned"), "{text}");
    let (_, shell) = run(&["completions", "bash"], &[]);
    assert!(shell.contains("set-password ban unban role"), "completions know them");
}
