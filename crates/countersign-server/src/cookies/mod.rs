//! Cookies: read from requests and set in answers. Names and signatures are those of
//! [`countersign_cookies`], which services read, too.

mod request;
mod set;

pub(crate) use countersign_cookies::{CookieNames, CookieSigner};

pub(crate) use self::{
    request::RequestCookies,
    set::{SetCookies, SetSession},
};
