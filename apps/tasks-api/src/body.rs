//! Bodies: JSON objects whose members are all known and all valid.
//!
//! What is no JSON is a 400; JSON with members that are missing, unknown or invalid is a 422 that
//! names each of them. `user_id` and `id` are unknown members: whose task it is says the token.

use std::fmt;

use axum::{
    body::Bytes,
    extract::{
        FromRequest, Request,
        rejection::{BytesRejection, FailedToBufferBody},
    },
    http::header,
};
use countersign_serve::came_too_slowly;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    problem::{FieldError, Problem},
    task::{Description, Title},
};

/// A task to add, or to write anew.
#[derive(ToSchema)]
pub(crate) struct NewTask {
    #[schema(inline)]
    pub(crate) title: Title,
    #[schema(inline)]
    pub(crate) description: Option<Description>,
    /// Absent means: not completed for a new task, unchanged for one that is written anew.
    pub(crate) completed: Option<bool>,
}

/// What is to change; what is absent stays. A `description` of `null` takes it away.
#[derive(ToSchema)]
pub(crate) struct TaskChange {
    #[schema(inline)]
    pub(crate) title: Option<Title>,
    #[schema(inline, value_type = Option<Description>)]
    pub(crate) description: Change<Description>,
    pub(crate) completed: Option<bool>,
}

/// Whether and how something that may be absent is to change.
pub(crate) enum Change<T> {
    Keep,
    To(Option<T>),
}

impl<S: Send + Sync> FromRequest<S> for NewTask {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut members = Members::from_request(request, state).await?;
        let title = match members.title() {
            None if members.has_no_fault_with("title") => {
                members.fault::<()>("title", "is required");
                None
            }
            title => title,
        };
        let description = match members.description() {
            Change::To(description) => description,
            Change::Keep => None,
        };
        let completed = members.completed();
        members.finish()?;
        let title = title.ok_or_else(|| Problem::malformed("The title is missing."))?;
        Ok(Self { title, description, completed })
    }
}

impl<S: Send + Sync> FromRequest<S> for TaskChange {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut members = Members::from_request(request, state).await?;
        let change = Self {
            title: members.title(),
            description: members.description(),
            completed: members.completed(),
        };
        members.finish()?;
        Ok(change)
    }
}

/// An object in which no member is named twice: two parsers would take different ones.
struct Strict(Map<String, Value>);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Self(Map::new()))
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut json: A) -> Result<Self, A::Error> {
        while let Some((name, value)) = json.next_entry()? {
            if self.0.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is named twice"));
            }
        }
        Ok(self)
    }
}

/// The members of a body that nobody took yet, and what was wrong with those that were taken.
struct Members {
    members: Map<String, Value>,
    faults: Vec<FieldError>,
}

impl Members {
    async fn from_request<S: Send + Sync>(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let media_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Problem::unsupported_media_type());
        }
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(Problem::unsupported_coding());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| match error {
            BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
                Problem::too_large()
            }
            error if came_too_slowly(&error) => Problem::too_slow(),
            _ => Problem::malformed("The body could not be read."),
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Strict(members)) => Ok(Self { members, faults: Vec::new() }),
            Err(error) if error.is_data() => Err(Problem::malformed(
                "The body has to be a JSON object in which no member is named twice.",
            )),
            Err(error) => Err(Problem::malformed(&format!(
                "The body is not valid JSON (line {}, column {}).",
                error.line(),
                error.column()
            ))),
        }
    }

    fn title(&mut self) -> Option<Title> {
        match self.members.remove("title")? {
            Value::String(text) => self.accept("title", Title::parse(&text)),
            _ => self.fault("title", "must be a text"),
        }
    }

    fn description(&mut self) -> Change<Description> {
        match self.members.remove("description") {
            None => Change::Keep,
            Some(Value::Null) => Change::To(None),
            Some(Value::String(text)) => {
                Change::To(self.accept("description", Description::parse(&text)))
            }
            Some(_) => Change::To(self.fault("description", "must be a text or null")),
        }
    }

    fn completed(&mut self) -> Option<bool> {
        match self.members.remove("completed")? {
            Value::Bool(yes) => Some(yes),
            _ => self.fault("completed", "must be true or false"),
        }
    }

    fn accept<T>(&mut self, field: &str, value: Result<T, &'static str>) -> Option<T> {
        value.map_or_else(|message| self.fault(field, message), Some)
    }

    fn fault<T>(&mut self, field: &str, message: &str) -> Option<T> {
        let fault = FieldError { field: field.to_owned(), message: message.to_owned() };
        self.faults.push(fault);
        None
    }

    fn has_no_fault_with(&self, field: &str) -> bool {
        self.faults.iter().all(|fault| fault.field != field)
    }

    fn finish(mut self) -> Result<(), Problem> {
        for field in std::mem::take(&mut self.members).into_iter().map(|(name, _)| name) {
            let field: String = field.chars().take(64).collect();
            self.fault::<()>(&field, "is not a field of a task that can be set");
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(self.faults)) }
    }
}
