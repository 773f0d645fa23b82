//! Mail by SMTP, with a relay of the test's own: a few lines of RFC 5321.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::fixture::{TestServer, settings};

/// Takes conversations and writes down every line it hears.
struct Relay {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Relay {
    /// `refusal` answers `RCPT TO` when it is given.
    async fn start(refusal: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (all, url) = (Arc::clone(&heard), format!("smtp://ann:p%40ss@{address}"));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, refusal, Arc::clone(&all)));
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

async fn converse(stream: TcpStream, refusal: Option<&str>, heard: Arc<Mutex<Vec<String>>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut in_data = false;
    write.write_all(b"220 relay.test\r\n").await.expect("said");
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().expect("no panic").push(line.clone());
        let answer = match line.split(' ').next().unwrap_or_default() {
            _ if in_data && line != "." => continue,
            "EHLO" => "250-relay.test\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "RCPT" => refusal.unwrap_or("250 ok"),
            "DATA" => "354 go on",
            _ => "250 ok",
        };
        in_data = line == "DATA";
        write.write_all(format!("{answer}\r\n").as_bytes()).await.expect("said");
    }
}

fn with(relay: &Relay) -> [(&'static str, &str); 2] {
    [("COUNTERSIGN_MAIL", &relay.url), ("COUNTERSIGN_MAIL__FROM", "Tasks <no-reply@app.test>")]
}

#[tokio::test]
async fn a_mail_reaches_the_relay_with_text_and_html() {
    let relay = Relay::start(None).await;
    let server = TestServer::start(&with(&relay)).await;
    server.sign_up(&json!({})).await;
    let body = json!({ "email": "ann@example.com", "redirectTo": "/reset" });
    assert_eq!(server.post("/request-password-reset", &body).await.status, 200);
    server.mail_finished().await;
    let heard = relay.heard();
    for line in [
        "EHLO app.test",
        "AUTH PLAIN AGFubgBwQHNz",
        "MAIL FROM:<no-reply@app.test>",
        "RCPT TO:<ann@example.com>",
        "From: Tasks <no-reply@app.test>",
        "To: ann@example.com",
        "Subject: Reset your password for app.test",
        "Auto-Submitted: auto-generated",
        "Date: Fri, 15 Jan 2027 08:00:00 +0000",
    ] {
        assert!(heard.iter().any(|other| other == line), "{line} in {heard:#?}");
    }
    let parts = heard.iter().filter(|line| line.starts_with("Content-Type: text/"));
    assert_eq!(parts.count(), 2, "{heard:#?}");
}

#[tokio::test]
async fn t178_a_relay_that_refuses_is_not_heard_of_by_who_asked() {
    let relay = Relay::start(Some("550 5.1.1 <ann@example.com> is nobody here")).await;
    let server = TestServer::start(&with(&relay)).await;
    server.sign_up(&json!({})).await;
    let ask = async |email: &str| {
        let reply = server.post("/request-password-reset", &json!({ "email": email })).await;
        (reply.status, reply.body)
    };
    assert_eq!(ask("ann@example.com").await, ask("bob@example.com").await);
    server.mail_finished().await;
    let tried = relay.heard().iter().filter(|line| line.starts_with("RCPT")).count();
    assert_eq!(tried, 1, "what is refused for good is not tried again");
}

#[tokio::test]
async fn a_full_queue_is_told_to_everybody_alike() {
    // A relay that takes connections and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let from = ("COUNTERSIGN_MAIL__FROM", "no-reply@app.test");
    let server =
        TestServer::start(&[("COUNTERSIGN_MAIL", &url), from, ("COUNTERSIGN_MAIL__QUEUE", "1")])
            .await;
    server.sign_up(&json!({})).await;
    let ask = async |email: &str| {
        let reply = server.post("/request-password-reset", &json!({ "email": email })).await;
        // Whatever sends gets its turn.
        tokio::task::yield_now().await;
        (reply.status.as_u16(), reply.body)
    };
    let mut answers = Vec::new();
    while answers.len() < 20 && answers.last().is_none_or(|(status, _)| *status == 200) {
        answers.push(ask("ann@example.com").await);
    }
    let (refused, _) = answers.last().expect("some were asked");
    assert_eq!((*refused, answers.len()), (503, 6), "four are under way, and one waits");
    assert_eq!(Some(&ask("bob@example.com").await), answers.last());
}

#[test]
fn a_password_is_not_sent_in_the_clear_to_another_machine() {
    let from = ("COUNTERSIGN_MAIL__FROM", "no-reply@app.test");
    for good in [
        "smtp://localhost",
        "smtp://127.0.0.1:2525",
        "smtp://[::1]:2525",
        "smtp://u:p@mail.example.com",
        "smtp://u:p@mail.example.com:2525?tls=required",
        "smtp://mail.internal?tls=none",
        "smtps://u:p%40ss@mail.example.com",
    ] {
        assert!(settings(&[("COUNTERSIGN_MAIL", good), from]).is_ok(), "{good}");
    }
    for bad in [
        "smtp://",
        "mail.example.com",
        "http://mail.example.com",
        "outbox:",
        "smtp://u@mail.example.com",
        "smtp://:p@mail.example.com",
        "smtp://mail.example.com?tls=opportunistic",
        "smtps://mail.example.com?tls=none",
        "smtp://mail.example.com/path",
    ] {
        let error =
            settings(&[("COUNTERSIGN_MAIL", bad), from]).err().expect("refused").to_string();
        assert!(error.contains("`mail.url`"), "{bad}: {error}");
    }
    for sender in ["", "Tasks", "a@b.co\r\nBcc: c@d.co", "a@b.co, c@d.co"] {
        let changes = [("COUNTERSIGN_MAIL", "smtps://h"), ("COUNTERSIGN_MAIL__FROM", sender)];
        let error = settings(&changes).err().expect("refused").to_string();
        assert!(error.contains("`mail.from`"), "{sender:?}: {error}");
    }
    for key in ["CHANGE_EMAIL__SEND_CONFIRMATION", "DELETE_USER__SEND_VERIFICATION"] {
        let error = settings(&[(&format!("COUNTERSIGN_{key}"), "true")]).err().expect("refused");
        assert!(error.to_string().contains("COUNTERSIGN_MAIL"), "{error}");
    }
}
