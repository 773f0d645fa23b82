//! Strict JSON (RFC 8259), read so that no other parser can disagree.
//!
//! On top of the grammar are refused: a member name that occurs twice in one object, compared after
//! unescaping (RFC 7515 §4 and RFC 7519 §4 allow this), NUL inside a text, numbers beyond a double,
//! more than [`MAX_DEPTH`] levels, more than [`MAX_MEMBERS`] members or elements at one level, and
//! names longer than [`MAX_NAME_BYTES`]. Invalid UTF-8, lone surrogates, a byte order mark and
//! trailing bytes are errors of the grammar already.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, map::Entry};

pub(crate) const MAX_DEPTH: u8 = 16;
pub(crate) const MAX_MEMBERS: usize = 256;
pub(crate) const MAX_NAME_BYTES: usize = 256;

/// The text is not strict JSON, or not an object. What exactly is wrong with bytes from a stranger
/// is of no use to anybody, so it is not kept.
pub(crate) struct NotStrictJson;

/// Reads a JSON object.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, NotStrictJson> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value =
        Strict { depth: 0 }.deserialize(&mut deserializer).map_err(|_error| NotStrictJson)?;
    deserializer.end().map_err(|_error| NotStrictJson)?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(NotStrictJson),
    }
}

#[derive(Clone, Copy)]
struct Strict {
    depth: u8,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("strict JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number not finite"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        refuse_nul(text)?;
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            if array.len() == MAX_MEMBERS {
                return Err(A::Error::custom("too many elements"));
            }
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            refuse_nul(&name)?;
            if name.len() > MAX_NAME_BYTES || object.len() == MAX_MEMBERS {
                return Err(A::Error::custom("name too long or too many members"));
            }
            match object.entry(name) {
                Entry::Occupied(_) => return Err(A::Error::custom("duplicate member")),
                Entry::Vacant(free) => free.insert(members.next_value_seed(inner)?),
            };
        }
        Ok(Value::Object(object))
    }
}

/// A NUL cuts the text short in C libraries and cannot be stored in `PostgreSQL`.
fn refuse_nul<E: Error>(text: &str) -> Result<(), E> {
    if text.contains('\0') { Err(E::custom("NUL in a text")) } else { Ok(()) }
}
