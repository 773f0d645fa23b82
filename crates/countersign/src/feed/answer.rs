//! What the feed answers: the payload of the signed message.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};

use super::{names::Kind, table::Term, take_error::TakeError};

/// The type of the message, which no token has.
pub(super) const TYPE: &str = "revocations+jwt";

/// The most bytes of an answer: 10,000 entries take about half of it.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

const MAX_ENTRIES: usize = 10_000;

/// An answer of this issuer to this question.
#[derive(Debug)]
pub(super) struct Answer {
    /// In seconds.
    pub(super) issued_at: u32,
    pub(super) epoch: Box<str>,
    pub(super) key: [u8; 16],
    /// The entries are those after this.
    pub(super) from: u64,
    /// Up to and with this.
    pub(super) to: u64,
    pub(super) more: bool,
    pub(super) entries: Vec<Entry>,
}

/// One thing that was taken back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) hash: u64,
    pub(super) term: Term,
}

/// As it is written; a member given twice is an error.
#[derive(Deserialize)]
struct Payload {
    iss: String,
    iat: Seconds,
    nonce: String,
    epoch: Box<str>,
    key: Bytes<16>,
    from: u64,
    to: u64,
    more: bool,
    entries: Vec<Entry>,
}

impl Answer {
    /// Reads what was signed, and holds it against who was asked, and what.
    pub(super) fn read(payload: &[u8], issuer: &str, nonce: &str) -> Result<Self, TakeError> {
        let payload: Payload = serde_json::from_slice(payload)?;
        if payload.iss != issuer {
            return Err(TakeError::OtherIssuer);
        }
        if payload.nonce != nonce {
            return Err(TakeError::OtherNonce);
        }
        let Payload { iat, epoch, key, from, to, more, entries, .. } = payload;
        if to < from || entries.len() > MAX_ENTRIES {
            let error = "more entries than an answer may have, or an end before the beginning";
            return Err(serde_json::Error::custom(error).into());
        }
        Ok(Self { issued_at: iat.0, epoch, key: key.0, from, to, more, entries })
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[kind, hash, until], and before for a user")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
        let short = |length| A::Error::invalid_length(length, &self);
        let kind = list.next_element()?.ok_or_else(|| short(0))?;
        let hash: Bytes<8> = list.next_element()?.ok_or_else(|| short(1))?;
        let until: Seconds = list.next_element()?.ok_or_else(|| short(2))?;
        let before = match kind {
            Kind::User => list.next_element::<Seconds>()?.ok_or_else(|| short(3))?.0,
            Kind::Token | Kind::Session | Kind::TokenHash => u32::MAX,
        };
        if list.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("an entry has too many elements"));
        }
        let term = Term { before, until: until.0 };
        Ok(Entry { kind, hash: u64::from_be_bytes(hash.0), term })
    }
}

/// Seconds since 1970; those after 2106 are as good as the last.
struct Seconds(u32);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = u64::deserialize(deserializer)?;
        Ok(Self(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }
}

/// So many bytes in canonical base64url.
struct Bytes<const N: usize>([u8; N]);

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let mut bytes = [0; N];
        match Base64UrlUnpadded::decode(text, &mut bytes) {
            Ok(read) if read.len() == N => Ok(Self(bytes)),
            _ => Err(D::Error::custom("not base64url of the right length")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(payload: &str) -> Result<Answer, TakeError> {
        Answer::read(payload.as_bytes(), "https://auth.test", "n")
    }

    fn with_entries(entries: &str) -> String {
        format!(
            r#"{{"iss":"https://auth.test","iat":9,"nonce":"n","epoch":"e","key":"AAECAwQFBgcICQoLDA0ODw","from":2,"to":5,"more":false,"entries":{entries},"later":[1]}}"#
        )
    }

    #[test]
    fn entries_of_all_kinds_are_read() {
        let entries = r#"[["j","AAAAAAAAAAE",60],["s","AAAAAAAAAAI",61],["u","_________-8",62,30],["t","AAAAAAAAAAM",99999999999]]"#;
        let answer = read(&with_entries(entries)).unwrap();
        let entry = |kind, hash, before, until| Entry { kind, hash, term: Term { before, until } };
        let all = u32::MAX;
        assert_eq!(
            answer.entries,
            [
                entry(Kind::Token, 1, all, 60),
                entry(Kind::Session, 2, all, 61),
                entry(Kind::User, u64::MAX - 16, 30, 62),
                entry(Kind::TokenHash, 3, all, u32::MAX),
            ]
        );
        assert_eq!((answer.from, answer.to, answer.more, answer.issued_at), (2, 5, false, 9));
        assert_eq!(answer.key, std::array::from_fn(|index| u8::try_from(index).unwrap()));
    }

    #[test]
    fn what_is_not_as_described_is_refused() {
        for entries in [
            r#"[["x","AAAAAAAAAAE",60]]"#,
            r#"[["j","AAAAAAAAAAE"]]"#,
            r#"[["j","AAAAAAAAAAE",60,30]]"#,
            r#"[["u","AAAAAAAAAAE",60]]"#,
            r#"[["u","AAAAAAAAAAE",60,30,1]]"#,
            r#"[["j","AAAAAAAAAA",60]]"#,
            r#"[["j","AAAAAAAAAAF",60]]"#,
            r#"[["j","AAAAAAAAAAE=",60]]"#,
            r#"[["j","AAAAAAAAAAE",-1]]"#,
            r#"[["j","AAAAAAAAAAE",1.5]]"#,
            r#"[["j",1,60]]"#,
            "{}",
            "null",
        ] {
            assert_eq!(read(&with_entries(entries)).unwrap_err().code(), "malformed", "{entries}");
        }
        let good = with_entries("[]");
        assert!(read(&good).is_ok());
        for (from, to) in [
            (r#""to":5"#, r#""to":1"#),
            (r#""iat":9,"#, ""),
            (r#""more":false"#, r#""more":0"#),
            (r#""from":2"#, r#""from":2,"from":2"#),
            (r#""from":2"#, r#""from":-2"#),
            ("ODw", "OD"),
        ] {
            let bent = good.replacen(from, to, 1);
            assert_eq!(read(&bent).unwrap_err().code(), "malformed", "{bent}");
        }
        let many = format!("[{}]", vec![r#"["j","AAAAAAAAAAE",60]"#; MAX_ENTRIES + 1].join(","));
        assert_eq!(read(&with_entries(&many)).unwrap_err().code(), "malformed");
        let other = good.replace("https://auth.test", "https://auth.test/");
        assert_eq!(read(&other).unwrap_err().code(), "other_issuer");
        let old = good.replace(r#""nonce":"n""#, r#""nonce":"m""#);
        assert_eq!(read(&old).unwrap_err().code(), "other_nonce");
    }
}
