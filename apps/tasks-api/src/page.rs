//! Pages of a list: how many, from where, which.

use axum::{
    extract::{FromRequestParts, RawQuery},
    http::request::Parts,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    problem::Problem,
    task::{Task, TaskId},
};

/// How many tasks a page has when nobody says.
const DEFAULT_LIMIT: u64 = 50;

/// Which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// How many tasks at most, 1 to 100; 50 when absent.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    pub(crate) limit: u64,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
    /// Only completed tasks, or only others.
    pub(crate) completed: Option<bool>,
}

/// The last task of the page before: a page starts behind it, whatever was added or deleted since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) created_at: Timestamp,
    pub(crate) id: TaskId,
}

/// A page of tasks, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskList {
    pub(crate) items: Vec<Task>,
    /// How many there are on all pages.
    pub(crate) total: i64,
    /// Where the next page starts; `null` on the last one.
    pub(crate) next_cursor: Option<String>,
}

impl Cursor {
    pub(crate) fn behind(task: &Task) -> Self {
        Self { created_at: task.created_at, id: task.id }
    }

    pub(crate) fn to_text(self) -> String {
        let text = format!("{} {}", self.created_at.as_millisecond(), self.id);
        Base64UrlUnpadded::encode_string(text.as_bytes())
    }

    fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(Base64UrlUnpadded::decode_vec(text).ok()?).ok()?;
        let (created_at, id) = text.split_once(' ')?;
        let created_at = Timestamp::from_millisecond(created_at.parse().ok()?).ok()?;
        Some(Self { created_at, id: TaskId::parse(id)? })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, state).await;
        let mut page = Page { limit: DEFAULT_LIMIT, cursor: None, completed: None };
        let query = query.unwrap_or_default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "limit" => page.limit = limit(value)?,
                "cursor" => page.cursor = Some(cursor(value)?),
                "completed" => page.completed = Some(completed(value)?),
                _ => {
                    let name: String = name.chars().take(64).collect();
                    let message = "there are limit, cursor and completed";
                    return Err(Problem::bad_parameter(&name, message));
                }
            }
        }
        Ok(page)
    }
}

fn limit(value: &str) -> Result<u64, Problem> {
    // Not what `parse` takes besides: a sign.
    let digits = Some(value).filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|digits| digits.parse().ok());
    let number = number.filter(|number| (1..=100).contains(number));
    number.ok_or_else(|| Problem::bad_parameter("limit", "it has to be a number from 1 to 100"))
}

fn cursor(value: &str) -> Result<Cursor, Problem> {
    let message = "it has to be a next_cursor of a page before";
    Cursor::parse(value).ok_or_else(|| Problem::bad_parameter("cursor", message))
}

fn completed(value: &str) -> Result<bool, Problem> {
    value.parse().map_err(|_| Problem::bad_parameter("completed", "it has to be true or false"))
}
