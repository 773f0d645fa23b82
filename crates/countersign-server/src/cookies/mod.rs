//! Cookies: which there are, how they are signed, read and set.

mod request;
mod set;
mod signature;

pub(crate) use request::RequestCookies;
pub(crate) use set::{CookieNames, SetCookies};
pub(crate) use signature::CookieSigner;
