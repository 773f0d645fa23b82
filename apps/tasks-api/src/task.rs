//! A task, and values that cannot be wrong.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

/// The name of a task's row: random, so that knowing one says nothing of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = String, format = "uuid")]
pub(crate) struct TaskId(Uuid);

impl TaskId {
    /// A new one.
    #[expect(clippy::disallowed_methods, reason = "the one place where this service needs chance")]
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Only the one spelling that we write: lower case, with hyphens.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        (id.to_string() == text).then_some(Self(id))
    }
}

impl std::fmt::Display for TaskId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What is to be done: 1 to 200 characters, without white space around.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 200)]
pub(crate) struct Title(String);

impl Title {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err("must not be empty"),
            1..=200 if !text.contains('\0') => Ok(Self(text.to_owned())),
            1..=200 => Err("must not hold the character NUL"),
            _ => Err("must have at most 200 characters"),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// More about it: at most 2,000 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = String, max_length = 2000)]
pub(crate) struct Description(String);

impl Description {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.chars().count() > 2_000 {
            return Err("must have at most 2,000 characters");
        }
        if text.contains('\0') {
            return Err("must not hold the character NUL");
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something somebody wants to do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Task {
    pub(crate) id: TaskId,
    /// Whose it is.
    pub(crate) user_id: String,
    #[schema(inline)]
    pub(crate) title: Title,
    #[schema(inline)]
    pub(crate) description: Option<Description>,
    pub(crate) completed: bool,
    /// RFC 3339, UTC, milliseconds.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// RFC 3339, UTC, milliseconds.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

fn iso<S: Serializer>(when: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{when:.3}"))
}
