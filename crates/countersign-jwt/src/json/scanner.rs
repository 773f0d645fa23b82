//! From left to right over the text, once (RFC 8259 §2 to §7).

use std::borrow::Cow;

use serde_json::Number;

use super::{Json, MAX_DEPTH, MAX_MEMBERS, MAX_NAME_BYTES, Object, string};

/// Room for the members of a usual header or payload.
const USUAL_MEMBERS: usize = 12;

/// Up to here every name is compared with every other; beyond, they are sorted.
const FEW_MEMBERS: usize = 24;

/// A place in the text. Every step is `None` when the text is not what it has to be.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// An object from the first byte to the last.
    pub(super) fn whole_object(&mut self) -> Option<Object<'t>> {
        self.skip_white_space();
        self.expect(b'{')?;
        let object = self.object(1)?;
        self.skip_white_space();
        (self.at == self.text.len()).then_some(object)
    }

    /// `depth` is that of the container which the value would be.
    fn value(&mut self, depth: u8) -> Option<Json<'t>> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.string().map(Json::Text)
            }
            b'{' if depth <= MAX_DEPTH => {
                self.at += 1;
                self.object(depth).map(Json::Object)
            }
            b'[' if depth <= MAX_DEPTH => {
                self.at += 1;
                self.array(depth).map(Json::Array)
            }
            b'-' | b'0'..=b'9' => self.number().map(Json::Number),
            b't' => self.literal("true").map(|()| Json::Bool(true)),
            b'f' => self.literal("false").map(|()| Json::Bool(false)),
            b'n' => self.literal("null").map(|()| Json::Null),
            _ => None,
        }
    }

    /// Behind the opening brace.
    fn object(&mut self, depth: u8) -> Option<Object<'t>> {
        let mut members: Vec<(Cow<'t, str>, Json<'t>)> = Vec::with_capacity(USUAL_MEMBERS);
        let mut looks = Looks::default();
        self.skip_white_space();
        if self.take(b'}') {
            return Some(Object(members));
        }
        loop {
            self.expect(b'"')?;
            let name = self.string()?;
            let few = members.len() < FEW_MEMBERS;
            let seen = looks.saw(&name);
            let twice = few && seen && members.iter().any(|(other, _)| *other == name);
            if twice || name.len() > MAX_NAME_BYTES || members.len() == MAX_MEMBERS {
                return None;
            }
            self.skip_white_space();
            self.expect(b':')?;
            self.skip_white_space();
            members.push((name, self.value(depth + 1)?));
            self.skip_white_space();
            if self.take(b'}') {
                break;
            }
            self.expect(b',')?;
            self.skip_white_space();
        }
        let twins = members.len() > FEW_MEMBERS && has_twins(&members);
        (!twins).then_some(Object(members))
    }

    /// Behind the opening bracket.
    fn array(&mut self, depth: u8) -> Option<Vec<Json<'t>>> {
        let mut elements = Vec::new();
        self.skip_white_space();
        if self.take(b']') {
            return Some(elements);
        }
        loop {
            if elements.len() == MAX_MEMBERS {
                return None;
            }
            elements.push(self.value(depth + 1)?);
            self.skip_white_space();
            if self.take(b']') {
                return Some(elements);
            }
            self.expect(b',')?;
            self.skip_white_space();
        }
    }

    /// Behind the opening quote.
    fn string(&mut self) -> Option<Cow<'t, str>> {
        let rest = self.text.get(self.at..)?;
        let plain = string::plain_part(rest);
        if rest.as_bytes().get(plain) == Some(&b'"') {
            self.at += plain + 1;
            return rest.get(..plain).map(Cow::Borrowed);
        }
        let (text, length) = string::unescape(rest)?;
        self.at += length;
        Some(Cow::Owned(text))
    }

    fn number(&mut self) -> Option<Number> {
        let start = self.at;
        let negative = self.take(b'-');
        let whole_part = if self.take(b'0') { 0 } else { self.digits()? };
        let mut whole = true;
        if self.take(b'.') {
            self.digits()?;
            whole = false;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
            whole = false;
        }
        match i64::try_from(whole_part) {
            Ok(number) if whole => Some((if negative { -number } else { number }).into()),
            _ => beyond(self.text.get(start..self.at)?, whole),
        }
    }

    /// One digit or more, and what they are; what 64 bits cannot hold comes out too large.
    fn digits(&mut self) -> Option<u64> {
        let start = self.at;
        let mut number = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        (self.at > start).then_some(number)
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }
}

/// A number that is not whole, or that 63 bits do not hold; the nearest double where it must be.
fn beyond(digits: &str, whole: bool) -> Option<Number> {
    let exact = if whole { digits.parse::<u64>().ok() } else { None };
    exact.map(Number::from).or_else(|| digits.parse().ok().and_then(Number::from_f64))
}

/// What the names of an object have looked like so far: most can be told apart by length and first and
/// last letter, without comparing them.
#[derive(Default)]
struct Looks(u64);

impl Looks {
    /// Whether a name may have been there before; `false` is certain.
    fn saw(&mut self, name: &str) -> bool {
        let bytes = name.as_bytes();
        let first = bytes.first().copied().unwrap_or_default();
        let last = bytes.last().copied().unwrap_or_default();
        let look = bytes.len() + usize::from(first) * 7 + usize::from(last) * 31;
        let bit = 1 << (look % 64);
        let seen = self.0 & bit != 0;
        self.0 |= bit;
        seen
    }
}

fn has_twins(members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}
