//! Addresses: the tokens that prove one, the links that carry them, and where a link leads then.

mod links;
mod redirects;
mod token;

pub(crate) use links::{deletion_mail, proving_mail, reset_mail, verification_mail};
pub(crate) use redirects::{with_error, with_parameter};
pub(crate) use token::{EmailToken, EmailTokens, RequestType};
