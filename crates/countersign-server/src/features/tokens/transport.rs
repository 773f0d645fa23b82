//! How a refresh token travels: in the body to programs, in a cookie to browsers.
//!
//! A browser shows itself (`Origin`, `Sec-Fetch-*`), and no page can keep it from that: what a page asks for
//! comes in a cookie that no script reads, that is sent to `/token` only and never because of another site.
//! Whatever shows itself as a browser, or brings cookies, has to come from a trusted origin.

use jiff::SignedDuration;

use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
};

/// How the next refresh token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Body,
    Cookie,
}

/// The refresh token that came in the cookie.
pub(super) fn shown<'a>(auth: &Auth, request: &'a RequestCookies) -> Option<&'a str> {
    request.only(&auth.cookie_names().refresh_token).ok().flatten()
}

/// Sets the cookie; without a life it ends with the browser.
pub(super) fn give(
    auth: &Auth,
    cookies: &mut SetCookies,
    token: &str,
    life: Option<SignedDuration>,
) {
    let names = auth.cookie_names();
    cookies.set_strictly(names, &names.refresh_token, token, life, &path(auth));
}

/// Takes the cookie away.
pub(super) fn take_back(auth: &Auth, cookies: &mut SetCookies) {
    give(auth, cookies, "", Some(SignedDuration::ZERO));
}

fn path(auth: &Auth) -> String {
    format!("{}/token", auth.settings().base_url.path())
}
