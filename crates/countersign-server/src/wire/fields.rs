//! Reading a JSON body member by member, with Better Auth's (zod's) texts for what is wrong.
//!
//! All members are read before anything is said, so that one answer names every fault:
//! `[body.name] Invalid input: expected string, received undefined; [body.email] …`.

use serde_json::{Map, Value};

use crate::wire::{ApiError, BodyForms, is_email};

/// The body of one endpoint.
pub(crate) trait Body: Sized + Send {
    /// Which content types it may have.
    const FORMS: BodyForms = BodyForms::Json;
    /// Whether it signs somebody in: then a page of another site must not be able to send it,
    /// cookies or not.
    const SIGNS_IN: bool = false;
    /// Whether it describes a user: then features read it, too, and before anybody else.
    const ABOUT_USER: Option<AboutUser> = None;

    /// Takes the members; whatever is missing or wrong is noted in `fields`.
    fn read(fields: &mut Fields<'_>) -> Self;

    /// Reads `value`, or says everything that is wrong with it.
    fn parse(value: Option<&Value>) -> Result<Self, ApiError> {
        let mut fields = Fields { place: "body", value, faults: Vec::new() };
        let body = Self::read(&mut fields);
        if fields.faults.is_empty() {
            return Ok(body);
        }
        Err(ApiError::validation(fields.faults.join("; ")))
    }
}

/// The query of one endpoint. A parameter that stands there twice is a list, and no text.
pub(crate) trait Query: Sized + Send {
    /// Takes the parameters; whatever is missing or wrong is noted in `fields`.
    fn read(fields: &mut Fields<'_>) -> Self;

    /// Reads the query, or says everything that is wrong with it.
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut members = Map::new();
        for (name, text) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let text = Value::String(text.into_owned());
            match members.get_mut(&*name) {
                None => _ = members.insert(name.into_owned(), text),
                Some(Value::Array(texts)) => texts.push(text),
                Some(first) => *first = Value::Array(vec![first.take(), text]),
            }
        }
        let members = Value::Object(members);
        let mut fields = Fields { place: "query", value: Some(&members), faults: Vec::new() };
        let query = Self::read(&mut fields);
        if fields.faults.is_empty() {
            return Ok(query);
        }
        Err(ApiError::validation(fields.faults.join("; ")))
    }
}

/// What a body that describes a user is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AboutUser {
    /// A new user.
    SignUp,
    /// A change of the one who is signed in.
    Update,
}

/// A body that nothing is read from; it still has to be well-formed and come from a trusted page.
pub(crate) struct NoBody;

impl Body for NoBody {
    fn read(_: &mut Fields<'_>) -> Self {
        Self
    }
}

/// The members of a body or query, and what was wrong so far.
pub(crate) struct Fields<'a> {
    pub(super) place: &'static str,
    pub(super) value: Option<&'a Value>,
    pub(super) faults: Vec<String>,
}

impl<'a> Fields<'a> {
    /// The body is an object; `kinds` is how many times zod checks that, and under which name.
    pub(crate) fn object(&mut self, kinds: &[&str]) {
        if !matches!(self.value, Some(Value::Object(_))) {
            let received = kind(self.value);
            for expected in kinds {
                self.faults.push(format!(
                    "[{}] Invalid input: expected {expected}, received {received}",
                    self.place
                ));
            }
        }
    }

    /// The body is an object or is not there.
    pub(crate) fn optional_object(&mut self) {
        if self.value.is_some() {
            self.object(&["object"]);
        }
    }

    pub(crate) fn text(&mut self, name: &str) -> String {
        match self.member(name) {
            Some(Value::String(text)) => text.clone(),
            other => self.expected("string", name, other),
        }
    }

    pub(crate) fn non_empty_text(&mut self, name: &str) -> String {
        let text = self.text(name);
        // zod measures whatever has a length, also what has the wrong type.
        let wanted = match self.member(name) {
            Some(Value::String(text)) if text.is_empty() => "string to have >=1 characters",
            Some(Value::Array(items)) if items.is_empty() => "array to have >=1 items",
            _ => return text,
        };
        self.faults.push(format!("[{}.{name}] Too small: expected {wanted}", self.place));
        text
    }

    pub(crate) fn email(&mut self, name: &str) -> String {
        let text = self.text(name);
        if !is_email(&text) && matches!(self.member(name), Some(Value::String(_))) {
            self.faults.push(format!("[{}.{name}] Invalid email address", self.place));
        }
        text
    }

    pub(crate) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.member(name)? {
            Value::String(text) => Some(text.clone()),
            other => self.expected("string", name, Some(other)),
        }
    }

    pub(crate) fn optional_boolean(&mut self, name: &str) -> Option<bool> {
        match self.member(name)? {
            Value::Bool(yes) => Some(*yes),
            other => self.expected("boolean", name, Some(other)),
        }
    }

    /// Whether the member is there and `null`.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        matches!(self.member(name), Some(Value::Null))
    }

    /// Whether JavaScript takes the member for true.
    pub(crate) fn is_truthy(&self, name: &str) -> bool {
        is_truthy(self.member(name))
    }

    /// Everything, as it was posted.
    pub(crate) fn all(&self) -> Value {
        self.value.cloned().unwrap_or_default()
    }

    /// The member, whatever it is.
    pub(crate) fn member(&self, name: &str) -> Option<&'a Value> {
        self.value?.get(name)
    }

    /// Notes the fault, unless the body is no object: that was said already.
    pub(crate) fn expected<T: Default>(
        &mut self,
        expected: &str,
        name: &str,
        found: Option<&Value>,
    ) -> T {
        if matches!(self.value, Some(Value::Object(_))) {
            let received = kind(found);
            self.faults.push(format!(
                "[{}.{name}] Invalid input: expected {expected}, received {received}",
                self.place
            ));
        }
        T::default()
    }
}

/// Whether JavaScript takes this for true.
pub(crate) fn is_truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::Bool(true) | Value::Array(_) | Value::Object(_)) => true,
    }
}

pub(super) fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}
