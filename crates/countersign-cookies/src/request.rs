//! The cookies a request carries.

use std::borrow::Cow;

use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

use crate::{CookieError, CookieSigner};

/// The most pieces a cookie may be cut into.
pub const MAX_CHUNKS: usize = 100;

const BLANK: [char; 2] = [' ', '\t'];

/// The request's `Cookie` header, read as Better Auth reads it: of equal names the first counts,
/// quotes around a value are dropped, `%` escapes are decoded where there are any. Only spaces and
/// tabs around a name are trimmed: other white space would let `\u{2000}__Secure-…` pass for the
/// real name.
pub struct RequestCookies(Vec<(String, String)>);

impl RequestCookies {
    /// Reads all `Cookie` lines.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut pairs = Vec::new();
        for line in headers.get_all(header::COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes());
            pairs.extend(line.split(';').filter_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let value = value.trim_matches(BLANK);
                let unquoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let name = name.trim_matches(BLANK).to_owned();
                Some((name, unquoted.unwrap_or(value).to_owned()))
            }));
        }
        Self(pairs)
    }

    /// The same cookies, with this value under this name instead of what came along. It is read like
    /// one that came along: encoded, as in `Set-Cookie`.
    #[must_use]
    pub fn with(mut self, name: &str, value: String) -> Self {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), value));
        self
    }

    /// The names that came along, each once, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names.enumerate().filter_map(|(place, name)| {
            let is_first = self.0[..place].iter().all(|(earlier, _)| earlier != name);
            is_first.then_some(name)
        })
    }

    /// Whether a cookie of this name came along, whatever it holds.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// The value of a signed cookie; `None` when absent, malformed or not signed by us.
    pub fn signed(&self, name: &str, signer: &CookieSigner) -> Option<String> {
        let (_, value) = self.0.iter().find(|(other, _)| other == name)?;
        let decoded = percent_decode_str(value).decode_utf8().ok()?;
        signer.verify(&decoded).map(str::to_owned)
    }

    /// The value of the only cookie of this name. Several are refused: browsers send those of a longer
    /// path first, so a page on a sibling domain can put one before the real one.
    pub fn only(&self, name: &str) -> Result<Option<&str>, CookieError> {
        let mut values = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(CookieError::Duplicate),
            (value, None) => Ok(value.map(String::as_str)),
        }
    }

    /// The value of a cookie that may be cut into chunks: `name`, else `name.0`, `name.1` and so on, as
    /// many as there are, each once and none left out. Other spellings of a number are other names.
    pub fn whole(&self, name: &str) -> Result<Option<Cow<'_, str>>, CookieError> {
        if let Some(value) = self.only(name)? {
            return Ok(Some(Cow::Borrowed(value)));
        }
        let mut chunks: Vec<(usize, &str)> = Vec::new();
        for (other, value) in &self.0 {
            chunks.extend(chunk_index(name, other).map(|index| (index, value.as_str())));
        }
        if chunks.is_empty() {
            return Ok(None);
        }
        chunks.sort_by_key(|(index, _)| *index);
        if chunks.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(CookieError::Duplicate);
        }
        let complete = chunks.iter().enumerate().all(|(place, (index, _))| place == *index);
        if !complete || chunks.len() > MAX_CHUNKS {
            return Err(CookieError::Chunks);
        }
        Ok(Some(Cow::Owned(chunks.into_iter().map(|(_, value)| value).collect())))
    }

    /// The names under which a cookie came that may be cut into chunks: its own and those of chunks,
    /// each once, in the order of the request.
    pub fn pieces(&self, name: &str) -> Vec<&str> {
        let mut pieces: Vec<&str> = Vec::new();
        for (other, _) in &self.0 {
            let is_piece = other == name || chunk_index(name, other).is_some();
            if is_piece && !pieces.contains(&other.as_str()) {
                pieces.push(other);
            }
        }
        pieces
    }

    /// Whether [`whole`](Self::whole) would find anything.
    pub fn has_whole(&self, name: &str) -> bool {
        !matches!(self.whole(name), Ok(None))
    }
}

/// The number behind a name: `.0`, `.17`, without leading zeros.
fn chunk_index(name: &str, chunk: &str) -> Option<usize> {
    let digits = chunk.strip_prefix(name)?.strip_prefix('.')?;
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    canonical.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const NAME: &str = "__Secure-better-auth.session_token";

    fn of(line: &[u8]) -> RequestCookies {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_bytes(line).expect("a header"));
        RequestCookies::of(&headers)
    }

    #[test]
    fn t131_a_name_behind_strange_white_space_is_another_name() {
        let prefixes: [&[u8]; 4] = [b"\xe2\x80\x80", b"\xc2\xa0", b"\xe3\x80\x80", b"\x85"];
        for prefix in prefixes {
            assert!(!of(&[prefix, NAME.as_bytes(), b"=evil"].concat()).has(NAME));
        }
        assert!(of(format!("a=b; \t{NAME} =good").as_bytes()).has(NAME));
    }

    #[test]
    fn a_strange_cookie_of_somebody_else_hides_no_session() {
        let signer = CookieSigner::new(b"a secret");
        let line =
            [b"odd=\xff\xfe; ", NAME.as_bytes(), b"=", signer.sign("token").as_bytes()].concat();
        assert_eq!(of(&line).signed(NAME, &signer).as_deref(), Some("token"));
    }
}
