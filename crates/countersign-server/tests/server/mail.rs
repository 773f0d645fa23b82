//! Mails as people read them, and what cannot be smuggled into one.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use countersign_server::StartError;
use serde_json::json;
use tempfile::TempDir;

use crate::fixture::TestServer;

const CAN_CHANGE: (&str, &str) = ("COUNTERSIGN_CHANGE_EMAIL__ENABLED", "true");

fn templates(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

async fn refused(folder: &Path) -> String {
    let outbox = tempfile::tempdir().expect("a folder");
    let url = format!("outbox:{}", outbox.path().display());
    let folder = folder.display().to_string();
    let changes = [("COUNTERSIGN_MAIL", url.as_str()), ("COUNTERSIGN_MAIL__TEMPLATES", &folder)];
    match TestServer::try_start(&changes).await {
        Err(StartError::Mail(error)) => error.to_string(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it started"),
    }
}

#[tokio::test]
async fn an_outbox_holds_one_file_a_mail_that_nobody_else_can_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let outbox = folder.path().join("new/outbox");
    let url = format!("outbox:{}", outbox.display());
    let server = TestServer::start(&[("COUNTERSIGN_MAIL", &url)]).await;
    server.sign_up(&json!({})).await;
    server.post("/request-password-reset", &json!({ "email": "ann@example.com" })).await;
    server.mail_finished().await;
    let files: Vec<_> =
        fs::read_dir(&outbox).expect("a folder").map(|file| file.expect("a file")).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&outbox).expect("a folder").permissions().mode() & 0o777, 0o700);
    let text = fs::read_to_string(file.path()).expect("text");
    let mail: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&text).expect("JSON");
    let names: Vec<_> = mail.keys().map(String::as_str).collect();
    assert_eq!(names, ["kind", "to", "subject", "url", "token", "otp", "text", "html"]);
}

#[tokio::test]
async fn t183_what_was_typed_in_is_neither_a_header_nor_html() {
    let folder = templates(&[
        ("reset-password.txt", "Subject: Hello {{ name }}\n\n{{ name }}: {{ url }}\n"),
        ("reset-password.html", "<p title='{{ name }}'>{{ name }}</p><a href=\"{{ url }}\">x</a>"),
    ]);
    let folder = folder.path().display().to_string();
    let server = TestServer::start_with_mail(&[("COUNTERSIGN_MAIL__TEMPLATES", &folder)]).await;
    let name = "Ann\r\nBcc: eve@example.com\r\n\r\n<script>alert('x')</script>\" {{ url }}";
    server.sign_up(&json!({ "name": name })).await;
    let body = json!({ "email": "ann@example.com", "redirectTo": "/x?a=\"><b>&c=1" });
    assert_eq!(server.post("/request-password-reset", &body).await.status, 200);
    let mail = server.mails().await.pop().expect("a mail");
    let part = |name: &str| mail[name].as_str().expect("text").to_owned();
    assert_eq!(part("to"), "ann@example.com");
    assert_eq!(part("subject").lines().count(), 1, "{mail}");
    let html = part("html");
    assert!(!html.contains("<script>") && !html.contains("<b>") && !html.contains("'x'"), "{html}");
    assert!(html.contains("{{ url }}"), "what was typed in is no template: {html}");
    assert!(part("text").contains(name), "a text is as it is: {mail}");
}

#[tokio::test]
async fn a_stranger_who_types_in_an_address_puts_no_words_into_the_mail() {
    let server = TestServer::start_with_mail(&[CAN_CHANGE]).await;
    server.sign_up(&json!({ "name": "WIN A PRIZE at evil.example" })).await;
    for path in ["/request-password-reset", "/send-verification-email"] {
        server.post(path, &json!({ "email": "ann@example.com" })).await;
    }
    server.post("/change-email", &json!({ "newEmail": "bea@example.com" })).await;
    let mails = server.mails().await;
    assert_eq!(mails.len(), 3);
    for mail in mails {
        assert!(!mail.to_string().contains("PRIZE"), "{mail}");
        for part in ["text", "html"] {
            let text = mail[part].as_str().expect("text");
            assert!(text.contains("good for 1 hour") && text.contains("app.test"), "{text}");
        }
        let url = mail["url"].as_str().expect("a link");
        assert!(mail["text"].as_str().expect("text").contains(url), "{mail}");
    }
}

#[tokio::test]
async fn a_template_that_cannot_be_used_stops_the_server_and_not_the_first_mail() {
    for (name, text, says) in [
        ("verify-email.txt", "Subject: x\n\n{{ nme }}\n", "verify-email.txt"),
        ("verify-email.txt", "no subject\n", "does not begin with `Subject: …`"),
        ("verify-email.html", "{% if %}", "verify-email.html"),
        ("verify-mail.html", "x", "is no mail template"),
    ] {
        let error = refused(templates(&[(name, text)]).path()).await;
        assert!(error.contains(says), "{error}");
    }
    let error = refused(Path::new("/nowhere")).await;
    assert!(error.contains("/nowhere"), "{error}");
}
