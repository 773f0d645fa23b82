//! Values in the types that the server asks for, in PostgreSQL's binary form.

use jiff::Timestamp;
use sea_query::Value;
use sqlx::{
    Arguments as _, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo},
};
use uuid::Uuid;

use super::cell::{EPOCH, oid};
use crate::{StoreError, date};

/// The values of a statement whose parameters have these types.
pub(super) fn arguments(kinds: &[PgTypeInfo], values: &[Value]) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), values.len() * 16);
    for (value, kind) in values.iter().zip(kinds) {
        let typed = Typed { bytes: bytes(value, kind)?, kind: kind.clone() };
        arguments.add(typed).map_err(|_| misfit())?;
    }
    Ok(arguments)
}

/// A value in the binary form of its type; `None` is NULL.
struct Typed {
    bytes: Option<Vec<u8>>,
    kind: PgTypeInfo,
}

impl Encode<'_, Postgres> for Typed {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = &self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.kind.clone())
    }
}

impl Type<Postgres> for Typed {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}

fn bytes(value: &Value, kind: &PgTypeInfo) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(plain) = Plain::of(value)? else { return Ok(None) };
    let bytes = match kind.oid().map(|oid| oid.0).unwrap_or_default() {
        oid::BOOL => vec![u8::from(plain.integer()? != 0)],
        oid::INT2 => i16::try_from(plain.integer()?).map_err(|_| misfit())?.to_be_bytes().to_vec(),
        oid::INT4 => i32::try_from(plain.integer()?).map_err(|_| misfit())?.to_be_bytes().to_vec(),
        oid::INT8 => plain.integer()?.to_be_bytes().to_vec(),
        oid::TIMESTAMP | oid::TIMESTAMPTZ => {
            let since = plain.instant()?.as_microsecond() - EPOCH.as_microsecond();
            since.to_be_bytes().to_vec()
        }
        oid::UUID => {
            let text = plain.text();
            Uuid::parse_str(&text).map_err(|_| misfit())?.as_bytes().to_vec()
        }
        oid::BYTEA => match plain {
            Plain::Bytes(bytes) => bytes.to_vec(),
            _ => return Err(misfit()),
        },
        oid::JSONB => [&[1], plain.text().as_bytes()].concat(),
        _ => plain.text().into_bytes(),
    };
    Ok(Some(bytes))
}

/// The kinds of values that statements hold.
enum Plain<'a> {
    Integer(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Instant(Timestamp),
    Boolean(bool),
}

impl<'a> Plain<'a> {
    fn of(value: &'a Value) -> Result<Option<Self>, StoreError> {
        Ok(Some(match value {
            Value::Bool(Some(yes)) => Self::Boolean(*yes),
            Value::Int(Some(number)) => Self::Integer(i64::from(*number)),
            Value::BigInt(Some(number)) => Self::Integer(*number),
            Value::BigUnsigned(Some(number)) => Self::Integer(number.cast_signed()),
            Value::String(Some(text)) => Self::Text(text),
            Value::Bytes(Some(bytes)) => Self::Bytes(bytes),
            Value::JiffTimestamp(Some(when)) => Self::Instant(**when),
            value if *value == value.as_null() => return Ok(None),
            _ => return Err(StoreError::unknown_kind()),
        }))
    }

    fn integer(&self) -> Result<i64, StoreError> {
        match self {
            Self::Integer(number) => Ok(*number),
            Self::Boolean(yes) => Ok(i64::from(*yes)),
            Self::Text(text) => text.parse().map_err(|_| misfit()),
            Self::Bytes(_) | Self::Instant(_) => Err(misfit()),
        }
    }

    fn instant(&self) -> Result<Timestamp, StoreError> {
        match self {
            Self::Instant(when) => Ok(*when),
            Self::Text(text) => date::parse(text).ok_or_else(misfit),
            Self::Integer(_) | Self::Bytes(_) | Self::Boolean(_) => Err(misfit()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(yes) => yes.to_string(),
            Self::Instant(when) => date::text(*when),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

fn misfit() -> StoreError {
    StoreError::Refused("a value does not fit the type of its column".to_owned())
}
