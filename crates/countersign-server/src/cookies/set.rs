//! The cookies a response sets: names, attributes, and their order on the wire.
//!
//! `name=value; Max-Age=…; Path=/; HttpOnly; Secure; SameSite=Lax`, without `Expires`. Behind
//! `https://` names start with `__Secure-` and cookies are `Secure`; the two go together.

use std::sync::Arc;

use axum::response::Response;
use countersign_store::sessions::Session;
use http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;

use super::CookieNames;

/// Cookies to set, in order.
#[derive(Default)]
pub(crate) struct SetCookies {
    lines: Vec<(String, String)>,
    session: Option<SetSession>,
}

/// A response's extension: the session whose cookie it sets. Features act on it.
#[derive(Clone)]
pub(crate) struct SetSession(pub(crate) Arc<Session>);

impl SetCookies {
    /// Sets a cookie; without a life it ends with the browser.
    pub(crate) fn set(
        &mut self,
        names: &CookieNames,
        name: &str,
        value: &str,
        life: Option<SignedDuration>,
    ) {
        let max_age = life.map_or_else(String::new, |life| format!("; Max-Age={}", life.as_secs()));
        let secure = if names.secure() { "; Secure" } else { "" };
        let header = format!("{name}={value}{max_age}; Path=/; HttpOnly{secure}; SameSite=Lax");
        self.lines.push((name.to_owned(), header));
    }

    /// Takes a cookie away, and forgets that it was about to be set.
    pub(crate) fn expire(&mut self, names: &CookieNames, name: &str) {
        self.lines.retain(|(other, _)| other != name);
        self.set(names, name, "", Some(SignedDuration::ZERO));
    }

    /// Takes away every cookie of a session.
    pub(crate) fn expire_session(&mut self, names: &CookieNames) {
        self.session = None;
        self.expire(names, &names.session_token);
        self.expire(names, &names.session_data);
        self.expire(names, &names.dont_remember);
    }

    /// These, then those, also where they have the same name: the browser takes the last.
    #[must_use]
    pub(crate) fn and(mut self, more: Self) -> Self {
        self.append(more);
        self
    }

    /// The same, in place.
    pub(crate) fn append(&mut self, more: Self) {
        self.lines.extend(more.lines);
        self.session = more.session.or(self.session.take());
    }

    /// Notes whose session the cookies are.
    pub(crate) fn belong_to(&mut self, session: &Session) {
        self.session = Some(SetSession(Arc::new(session.clone())));
    }

    /// Writes one `Set-Cookie` header each, and tells features of the session.
    pub(crate) fn append_to(self, response: &mut Response) {
        self.append_lines_to(response.headers_mut());
        if let Some(session) = self.session {
            response.extensions_mut().insert(session);
        }
    }

    /// Writes one `Set-Cookie` header each, for cookies that are nobody's session.
    pub(crate) fn append_lines_to(&self, headers: &mut HeaderMap) {
        for (_, header) in &self.lines {
            if let Ok(value) = HeaderValue::from_str(header) {
                headers.append(header::SET_COOKIE, value);
            }
        }
    }
}
