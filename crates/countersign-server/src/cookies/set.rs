//! The cookies a response sets: names, attributes, and their order on the wire.
//!
//! `name=value; Max-Age=…; Domain=…; Path=/; HttpOnly; Secure; SameSite=Lax`, without `Expires`. Behind
//! `https://` names start with `__Secure-` and cookies are `Secure`; the two go together.
//!
//! A cookie that would be longer than a browser keeps is cut into chunks, `name.0`, `name.1` and so on.

use std::sync::Arc;

use axum::response::Response;
use countersign_store::sessions::Session;
use http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;

use super::{CookieNames, RequestCookies};

/// The most bytes of a cookie, attributes included; browsers keep a little more.
const MOST_BYTES: usize = 4050;

/// The most chunks; what is larger does not belong into cookies.
const MOST_CHUNKS: usize = 100;

/// Cookies to set, in order.
#[derive(Default)]
pub(crate) struct SetCookies {
    lines: Vec<(String, String)>,
    session: Option<SetSession>,
    /// The names under which the request brought `session_data`, whole or in chunks.
    session_data_came: Vec<String>,
}

/// A response's extension: the session whose cookie it sets. Features act on it.
#[derive(Clone)]
pub(crate) struct SetSession(pub(crate) Arc<Session>);

impl SetCookies {
    /// Cookies for the answer to a request: what it brought in pieces is taken back in pieces.
    pub(crate) fn answering(request: &RequestCookies, names: &CookieNames) -> Self {
        let came = request.pieces(&names.session_data).into_iter().map(str::to_owned).collect();
        Self { session_data_came: came, ..Self::default() }
    }

    /// Sets a cookie; without a life it ends with the browser.
    pub(crate) fn set(
        &mut self,
        names: &CookieNames,
        name: &str,
        value: &str,
        life: Option<SignedDuration>,
    ) {
        self.lines.push((name.to_owned(), line(names, name, value, life)));
    }

    /// Sets a cookie that goes to one path of this host, and never because of another site; without a life
    /// it ends with the browser.
    pub(crate) fn set_strictly(
        &mut self,
        names: &CookieNames,
        name: &str,
        value: &str,
        life: Option<SignedDuration>,
        path: &str,
    ) {
        let attributes = names.strict_attributes(path);
        self.lines.push((name.to_owned(), format!("{name}={value}{}{attributes}", max_age(life))));
    }

    /// Takes a cookie away, and forgets that it, whole or in chunks, was about to be set.
    pub(crate) fn expire(&mut self, names: &CookieNames, name: &str) {
        let is_chunk =
            |other: &str| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.lines.retain(|(other, _)| other != name && !is_chunk(other));
        self.set(names, name, "", Some(SignedDuration::ZERO));
    }

    /// Takes away every cookie of a session.
    pub(crate) fn expire_session(&mut self, names: &CookieNames) {
        self.session = None;
        self.expire(names, &names.session_token);
        self.expire(names, &names.session_data);
        self.take_back_session_data(names);
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

    /// Takes away `session_data` under each name under which it came.
    pub(crate) fn take_back_session_data(&mut self, names: &CookieNames) {
        for name in self.session_data_came.clone() {
            self.set(names, &name, "", Some(SignedDuration::ZERO));
        }
    }

    /// Sets `session_data`, in chunks when it is long; pieces that came and are not set anew are taken
    /// back. What is too long even so is not set.
    pub(crate) fn set_session_data(
        &mut self,
        names: &CookieNames,
        value: &str,
        life: Option<SignedDuration>,
    ) {
        let name = names.session_data.as_str();
        let room = MOST_BYTES.saturating_sub(line(names, &format!("{name}.99"), "", life).len());
        let pieces: Vec<(String, &str)> = if value.len() <= room {
            vec![(name.to_owned(), value)]
        } else if room == 0 || value.len().div_ceil(room) > MOST_CHUNKS {
            tracing::warn!(
                bytes = value.len(),
                "session_data is too long for cookies; it is not set"
            );
            Vec::new()
        } else {
            let chunk = |(index, start): (usize, usize)| {
                let end = value.len().min(start + room);
                (format!("{name}.{index}"), value.get(start..end).unwrap_or_default())
            };
            (0..value.len()).step_by(room).enumerate().map(chunk).collect()
        };
        let zero = Some(SignedDuration::ZERO);
        let came = std::mem::take(&mut self.session_data_came);
        for old in &came {
            match pieces.iter().find(|(name, _)| name == old) {
                Some((name, value)) => self.set(names, name, value, life),
                None => self.set(names, old, "", zero),
            }
        }
        for (name, value) in pieces.iter().filter(|(name, _)| !came.contains(name)) {
            self.set(names, name, value, life);
        }
        self.session_data_came = came;
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
        for (_, line) in &self.lines {
            if let Ok(value) = HeaderValue::from_str(line) {
                headers.append(header::SET_COOKIE, value);
            }
        }
    }
}

fn line(names: &CookieNames, name: &str, value: &str, life: Option<SignedDuration>) -> String {
    format!("{name}={value}{}{}", max_age(life), names.attributes(name))
}

fn max_age(life: Option<SignedDuration>) -> String {
    life.map_or_else(String::new, |life| format!("; Max-Age={}", life.as_secs()))
}

#[cfg(test)]
mod tests {
    use countersign_cookies::RequestCookies as Cookies;

    use super::*;
    use crate::settings::{CookieSettings, SameSite};

    #[test]
    fn what_is_longer_than_a_hundred_chunks_is_not_set_and_its_pieces_are_taken_back() {
        let names = countersign_cookies::CookieNames::usual(false);
        let settings = CookieSettings { names, domain: None, same_site: SameSite::Lax };
        let names = CookieNames::new(&settings);
        let mut headers = HeaderMap::new();
        let name = &names.session_data;
        headers.insert(header::COOKIE, HeaderValue::from_str(&format!("{name}.7=x")).expect("it"));
        assert_eq!(Cookies::of(&headers).pieces(name).len(), 1);
        let life = Some(SignedDuration::from_mins(5));
        let lines = |length: usize| {
            let mut cookies = SetCookies::answering(&RequestCookies::of(&headers, None), &names);
            cookies.set_session_data(&names, &"x".repeat(length), life);
            cookies.lines
        };
        // Better Auth's number for these attributes.
        let room = 3977;
        assert_eq!(lines(room).len(), 2);
        assert_eq!(lines(room + 1).len(), 3);
        assert_eq!(lines(room * 100).len(), 100);
        let too_long = lines(room * 100 + 1);
        assert_eq!(too_long.len(), 1);
        assert!(too_long[0].1.starts_with(&format!("{name}.7=; Max-Age=0; ")));
    }
}
