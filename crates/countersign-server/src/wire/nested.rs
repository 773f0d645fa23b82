//! Members that hold more than one value: lists, maps and objects, with zod's texts.

use serde_json::{Map, Value};

use super::fields::{Fields, kind};

impl<'a> Fields<'a> {
    /// A list of texts.
    pub(crate) fn optional_texts(&mut self, name: &str) -> Vec<String> {
        let items = match self.member(name) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            other => return self.expected("array", name, other),
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                Value::String(text) => texts.push(text.clone()),
                other => self.expected("string", &format!("{name}.{index}"), Some(other)),
            }
        }
        texts
    }

    /// A map to whatever there is.
    pub(crate) fn optional_map(&mut self, name: &str) -> Map<String, Value> {
        match self.member(name) {
            None => Map::new(),
            Some(Value::Object(members)) => members.clone(),
            other => self.expected("record", name, other),
        }
    }

    /// A map to texts. When it is one, `refused` may still say why it is not taken.
    pub(crate) fn optional_text_map(
        &mut self,
        name: &str,
        refused: impl Fn(&Map<String, Value>) -> Option<String>,
    ) -> Map<String, Value> {
        let members = self.optional_map(name);
        let before = self.faults.len();
        for (member, value) in &members {
            if !value.is_string() {
                self.expected::<()>("string", &format!("{name}.{member}"), Some(value));
            }
        }
        if self.faults.len() == before
            && let Some(text) = refused(&members)
        {
            self.faults.push(format!("[{}.{name}] {text}", self.place));
        }
        members
    }

    /// A number.
    pub(crate) fn optional_number(&mut self, name: &str) -> Option<f64> {
        match self.member(name)? {
            Value::Number(number) => number.as_f64(),
            other => self.expected("number", name, Some(other)),
        }
    }

    /// A text, or a list of texts.
    pub(crate) fn text_or_texts(&mut self, name: &str) -> Vec<String> {
        match self.member(name) {
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            _ => vec![self.text_of_some_form(name)],
        }
    }

    /// A text, or anything else that is told as a bad choice among several forms.
    pub(crate) fn text_of_some_form(&mut self, name: &str) -> String {
        match self.member(name) {
            Some(Value::String(text)) => text.clone(),
            _ if matches!(self.value, Some(Value::Object(_))) => {
                self.faults.push(format!("[{}.{name}] Invalid input", self.place));
                String::new()
            }
            _ => String::new(),
        }
    }

    /// An object of members of its own; `place` is its whole name, such as `body.idToken`.
    pub(crate) fn optional_nested<T>(
        &mut self,
        name: &str,
        place: &'static str,
        read: impl FnOnce(&mut Fields<'a>) -> T,
    ) -> Option<T> {
        let value = self.member(name)?;
        if !value.is_object() {
            let received = kind(Some(value));
            self.faults
                .push(format!("[{place}] Invalid input: expected object, received {received}"));
            return None;
        }
        let mut inner = Fields { place, value: Some(value), faults: Vec::new() };
        let read = read(&mut inner);
        self.faults.append(&mut inner.faults);
        Some(read)
    }

    /// The whole as one of several forms; `read` says what is wrong with it.
    pub(crate) fn choice_of<T: Default>(
        &mut self,
        read: impl FnOnce(Option<&Value>) -> Result<T, String>,
    ) -> T {
        read(self.value).unwrap_or_else(|text| {
            self.faults.push(format!("[{}] {text}", self.place));
            T::default()
        })
    }
}
