//! Cookies: read from requests and set in answers. Names, signatures and `session_data` are those of
//! [`countersign_cookies`], which services read, too.

mod names;
mod request;
mod set;

pub(crate) use countersign_cookies::CookieSigner;

pub(crate) use self::{
    names::CookieNames,
    request::RequestCookies,
    set::{SetCookies, SetSession},
};
