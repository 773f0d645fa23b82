//! Strict JSON (RFC 8259), read so that no other parser can disagree.
//!
//! On top of the grammar are refused: a member name that occurs twice in one object, compared after
//! unescaping (RFC 7515 §4 and RFC 7519 §4 allow this), NUL inside a text, lone surrogates, numbers
//! beyond a double, more than [`MAX_DEPTH`] levels, more than [`MAX_MEMBERS`] members or elements at one
//! level, and names longer than [`MAX_NAME_BYTES`].
//!
//! What is read borrows from the text: a text without escapes is not copied. This and the checks that no
//! other reader makes are why the reading is done here; `tests/documents.rs` holds it against `serde_json`.

mod scanner;
mod string;

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use self::scanner::Scanner;

const MAX_DEPTH: u8 = 16;
const MAX_MEMBERS: usize = 256;
const MAX_NAME_BYTES: usize = 256;

/// The text is not strict JSON, or not an object. What exactly is wrong with bytes from a stranger
/// is of no use to anybody, so it is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a strict JSON object")]
pub struct NotStrictJson;

/// A value that was checked to its end.
pub(crate) enum Json<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'t, str>),
    Array(Vec<Self>),
    Object(Object<'t>),
}

/// An object; no two members have the same name.
pub(crate) struct Object<'t>(Vec<(Cow<'t, str>, Json<'t>)>);

/// Reads a text that is one JSON object and nothing else.
pub(crate) fn object(text: &str) -> Result<Object<'_>, NotStrictJson> {
    Scanner::new(text).whole_object().ok_or(NotStrictJson)
}

/// Reads bytes that are one strict JSON object and nothing else: RFC 8259, no member name twice, no NUL
/// and no lone surrogate in a text, at most 16 levels and 256 members or elements at each. For signed
/// content that is no token.
pub fn map(bytes: &[u8]) -> Result<Map<String, Value>, NotStrictJson> {
    let text = str::from_utf8(bytes).map_err(|_error| NotStrictJson)?;
    Ok(object(text)?.into_map())
}

impl<'t> Object<'t> {
    #[inline]
    pub(crate) fn get(&self, name: &'static str) -> Option<&Json<'t>> {
        self.0.iter().find(|(own, _)| own.as_ref() == name).map(|(_, value)| value)
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Json<'t>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_ref())
    }

    /// As the type that callers know.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0.into_iter().map(|(name, value)| (name.into_owned(), value.into_value())).collect()
    }
}

impl Json<'_> {
    fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Array(elements) => elements.into_iter().map(Self::into_value).collect(),
            Self::Object(object) => Value::Object(object.into_map()),
        }
    }
}
