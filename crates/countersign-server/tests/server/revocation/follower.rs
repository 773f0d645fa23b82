//! A guard as small as it can be: reads the feed, and says which tokens it refuses.

use std::collections::BTreeMap;

use axum::body::Body;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use countersign_jwt::{TokenHash, dangerous::read_without_verifying};
use futures_util::StreamExt;
use http::Request;
use serde_json::{Map, Value};
use siphasher::sip::SipHasher24;

use crate::fixture::{Reply, TestServer};

/// What was read of a feed.
#[derive(Default)]
pub(crate) struct Follower {
    key: [u8; 16],
    /// `before` and `until` by kind and hash.
    entries: BTreeMap<(String, String), (i64, i64)>,
    pub(super) place: Option<(String, i64)>,
}

/// The members of an answer, after a look at its header.
pub(super) fn payload(signed: &str) -> Map<String, Value> {
    let part = |at: usize| {
        let part = signed.split('.').nth(at).expect("three parts");
        let bytes = Base64UrlUnpadded::decode_vec(part).expect("base64url");
        serde_json::from_slice::<Map<String, Value>>(&bytes).expect("an object")
    };
    assert_eq!(part(0)["typ"], "revocations+jwt");
    part(1)
}

pub(crate) fn basic(credential: &str) -> String {
    format!("Basic {}", Base64::encode_string(credential.as_bytes()))
}

/// A question without cookies, and with a credential if there is one.
pub(crate) fn question(query: &str, credential: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().uri(format!("/api/auth/revocations?{query}"));
    if let Some(credential) = credential {
        request = request.header("authorization", basic(credential));
    }
    request.body(Body::empty()).expect("a request")
}

pub(super) async fn ask(server: &TestServer, query: &str) -> Reply {
    server.send(question(query, None)).await
}

impl Follower {
    /// One that has read so far, and found nothing.
    pub(super) fn at(place: Option<(String, i64)>) -> Self {
        Self { place, ..Self::default() }
    }

    /// One that has read all there is.
    pub(crate) async fn of(server: &TestServer) -> Self {
        let mut follower = Self::default();
        follower.follow(server, 0).await;
        follower
    }

    /// What it says in a question of what it holds.
    pub(super) fn held(&self) -> String {
        self.place
            .as_ref()
            .map_or_else(String::new, |(epoch, at)| format!("epoch={epoch}&after={at}&"))
    }

    /// Asks for what is new; how many entries there were.
    pub(crate) async fn follow(&mut self, server: &TestServer, wait: u64) -> usize {
        let reply = ask(server, &format!("{}wait={wait}", self.held())).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.headers["content-type"]),
            (200, &"application/jwt".parse().expect("a header")),
            "{}",
            reply.body
        );
        self.take(&reply.body)
    }

    /// Takes an answer in.
    pub(super) fn take(&mut self, signed: &str) -> usize {
        let payload = payload(signed);
        let text = |name: &str| payload[name].as_str().expect("a text").to_owned();
        let number = |name: &str| payload[name].as_i64().expect("a number");
        let epoch = text("epoch");
        let at = match &self.place {
            Some((known, at)) if *known == epoch => *at,
            _ => 0,
        };
        assert!(number("from") <= at, "nothing is left out: from {} at {at}", number("from"));
        self.key.copy_from_slice(&Base64UrlUnpadded::decode_vec(&text("key")).expect("a key"));
        self.place = Some((epoch, number("to")));
        let entries = payload["entries"].as_array().expect("entries");
        for entry in entries {
            let text = |at: usize| entry[at].as_str().expect("a text").to_owned();
            let before = entry.get(3).map_or(i64::MAX, |before| before.as_i64().expect("a number"));
            let until = entry[2].as_i64().expect("a number");
            let found = self.entries.entry((text(0), text(1))).or_insert((before, until));
            *found = (found.0.max(before), found.1.max(until));
        }
        entries.len()
    }

    fn find(&self, kind: &str, name: &str) -> Option<(i64, i64)> {
        let hash = SipHasher24::new_with_key(&self.key).hash(format!("{kind}{name}").as_bytes());
        let hash = Base64UrlUnpadded::encode_string(&hash.to_be_bytes());
        self.entries.get(&(kind.to_owned(), hash)).copied()
    }

    /// Whether it refuses a token, at any time until that is over.
    pub(crate) fn refuses(&self, token: &str) -> bool {
        let claims = read_without_verifying(token).expect("a token").claims;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let number = |name: &str| claims[name].as_i64().expect("a number");
        let hash = TokenHash::of(token).expect("a token");
        let hash = Base64UrlUnpadded::encode_string(hash.as_bytes());
        let named =
            [("j", text("jti")), ("s", text("sid")), ("u", text("sub")), ("t", Some(&*hash))];
        named.into_iter().any(|(kind, name)| {
            let found = name.and_then(|name| self.find(kind, name));
            found.is_some_and(|(before, until)| {
                number("iat") <= before && number("exp") + 120 <= until
            })
        })
    }
}

/// A token of the browser's session.
pub(crate) async fn token(server: &TestServer) -> String {
    server.get("/token").await.json()["token"].as_str().expect("a token").to_owned()
}

/// The next event of a stream: its id and its data.
pub(super) async fn next_event(body: &mut axum::body::BodyDataStream) -> Option<(String, String)> {
    let bytes = body.next().await?.expect("a part of the body");
    let text = std::str::from_utf8(&bytes).expect("text");
    let line = |name: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(name)).expect("a line").trim().to_owned()
    };
    Some((line("id:"), line("data:")))
}
