//! What is on the wire: bodies, dates, errors and validation texts, as Better Auth writes them.

mod content_type;
mod email;
mod error;
mod fields;
mod nested;
mod order;
mod reply;
mod rows;
mod stored;

pub(crate) use content_type::{BodyForms, read_body};
pub(crate) use email::is_email;
pub(crate) use error::{ApiError, Refusal, no_fields_to_update, refusals};
pub(crate) use fields::{AboutUser, Body, Fields, NoBody, Query, is_truthy};
pub(crate) use order::MemberOrder;
pub(crate) use reply::Reply;
pub(crate) use rows::{AccountBody, SessionAndUser, SessionBody, UserBody};
pub(crate) use stored::{session_of, user_of};
