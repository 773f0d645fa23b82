//! What a guard asks, in the query.

use std::time::Duration;

use axum::extract::FromRequestParts;
use http::{HeaderMap, StatusCode, header, request::Parts};

use super::log::Followed;
use crate::{
    Auth,
    wire::{ApiError, Fields, Query},
};

/// The longest wait for one answer, in seconds.
const LONGEST_WAIT: u64 = 30;

/// The most characters of a nonce, and of a guard's name.
const LONGEST_NAME: usize = 64;

/// The most characters of the list of keys.
const LONGEST_KIDS: usize = 4096;

/// A question.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) followed: Option<Followed>,
    pub(super) wait: Duration,
    pub(super) nonce: Option<String>,
    pub(super) guard: Option<String>,
    pub(super) kids: Option<String>,
    /// Whether answers come as server-sent events.
    pub(super) as_events: bool,
}

#[derive(Debug)]
struct Texts {
    epoch: Option<String>,
    after: Option<String>,
    wait: Option<String>,
    nonce: Option<String>,
    guard: Option<String>,
    kids: Option<String>,
}

impl Query for Texts {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            epoch: fields.optional_text("epoch"),
            after: fields.optional_text("after"),
            wait: fields.optional_text("wait"),
            nonce: fields.optional_text("nonce"),
            guard: fields.optional_text("guard"),
            kids: fields.optional_text("kids"),
        }
    }
}

impl FromRequestParts<Auth> for Question {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Auth) -> Result<Self, ApiError> {
        Self::read(parts.uri.query(), &parts.headers)
    }
}

impl Question {
    fn read(query: Option<&str>, headers: &HeaderMap) -> Result<Self, ApiError> {
        let Texts { epoch, after, wait, nonce, guard, kids } = Texts::parse(query)?;
        let after = after.as_deref().map(|text| number("after", text)).transpose()?;
        let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(place);
        let wait = wait.as_deref().map_or(Ok(0), |text| number("wait", text))?;
        let wait = u64::try_from(wait).ok().filter(|wait| *wait <= LONGEST_WAIT);
        let wait = wait.ok_or_else(|| invalid("wait", "a whole number from 0 to 30"))?;
        let nonce = checked("nonce", nonce, "up to 64 characters of base64url", |text| {
            text.len() <= LONGEST_NAME && text.bytes().all(is_base64url)
        })?;
        let guard = checked("guard", guard, "1 to 64 of A-Z a-z 0-9 . _ -", |text| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_plain)
        })?;
        let kids = checked("kids", kids, "ids of keys, up to 4096 characters", |text| {
            text.len() <= LONGEST_KIDS && !text.chars().any(char::is_control)
        })?;
        let accept = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let mut accepted = accept.flat_map(|line| line.split(','));
        let as_events = accepted.any(|kind| {
            kind.split(';').next().is_some_and(|kind| kind.trim() == "text/event-stream")
        });
        let followed = resumed.or_else(|| Some(Followed { epoch: epoch?, after: after? }));
        let wait = Duration::from_secs(wait);
        Ok(Self { followed, wait, nonce, guard, kids, as_events })
    }
}

/// `epoch:to`, as an event's id is written.
fn place(id: &str) -> Option<Followed> {
    let (epoch, after) = id.rsplit_once(':')?;
    Some(Followed { epoch: epoch.to_owned(), after: number("after", after).ok()? })
}

fn number(name: &str, text: &str) -> Result<i64, ApiError> {
    let is_plain = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    number.ok_or_else(|| invalid(name, "a whole number"))
}

fn checked(
    name: &str,
    text: Option<String>,
    expected: &str,
    is_good: impl Fn(&str) -> bool,
) -> Result<Option<String>, ApiError> {
    match text {
        Some(text) if !is_good(&text) => Err(invalid(name, expected)),
        text => Ok(text),
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn invalid(name: &str, expected: &str) -> ApiError {
    let message = format!("[query.{name}] Invalid input: expected {expected}");
    ApiError::told(StatusCode::BAD_REQUEST, Some("VALIDATION_ERROR"), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, lines: &[(&'static str, &str)]) -> Option<Question> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a header"));
        }
        Question::read(Some(query), &headers).ok()
    }

    #[test]
    fn a_question_without_a_place_begins_at_the_beginning() {
        for query in ["", "epoch=e", "after=3"] {
            assert_eq!(read(query, &[]).expect("good").followed, None, "{query}");
        }
        let place = Some(Followed { epoch: "e".to_owned(), after: 3 });
        assert_eq!(read("epoch=e&after=3", &[]).expect("good").followed, place);
        let resumed = read("epoch=d&after=1", &[("last-event-id", "e:3")]).expect("good");
        assert_eq!(resumed.followed, place);
    }

    #[test]
    fn what_is_not_as_the_page_says_is_refused() {
        for query in [
            "wait=31",
            "wait=-1",
            "wait=1.5",
            "wait=",
            "after=x&epoch=e",
            "after=-1&epoch=e",
            "after=9999999999999999999&epoch=e",
            "nonce=a%20b",
            "nonce=a&nonce=b",
            "guard=",
            "guard=a/b",
            "kids=%0a",
            &format!("nonce={}", "a".repeat(65)),
        ] {
            assert!(read(query, &[]).is_none(), "{query}");
        }
        assert!(read("wait=30&nonce=aB-_9&guard=a.b_c-1&kids=k1,k2", &[]).is_some());
    }

    #[test]
    fn events_are_for_those_who_accept_them() {
        for (accept, as_events) in [
            ("text/event-stream", true),
            ("application/jwt, text/event-stream;q=0.9", true),
            ("application/jwt", false),
            ("*/*", false),
        ] {
            assert_eq!(read("", &[("accept", accept)]).expect("good").as_events, as_events);
        }
    }
}
