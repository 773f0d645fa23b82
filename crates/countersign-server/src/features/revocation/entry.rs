//! An entry of the feed: what was taken back, by the hash of its name.

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_store::revocations::RevocationRow;
use serde::ser::{Serialize, SerializeTuple, Serializer};
use siphasher::sip::SipHasher24;

/// What a name is that of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A token: its `jti`.
    Token,
    /// A session: `sid`.
    Session,
    /// A user: `sub`.
    User,
    /// A token: the hash of what of it is signed.
    TokenHash,
}

impl Kind {
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Token => "j",
            Self::Session => "s",
            Self::User => "u",
            Self::TokenHash => "t",
        }
    }

    pub(super) fn of_letter(letter: &str) -> Option<Self> {
        let all = [Self::Token, Self::Session, Self::User, Self::TokenHash];
        all.into_iter().find(|kind| kind.letter() == letter)
    }
}

/// The key of a sequence's hashes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct HashKey([u8; 16]);

impl HashKey {
    pub(super) fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        let decoded = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
        (decoded.len() == 16).then_some(Self(bytes))
    }

    pub(super) fn to_text(&self) -> String {
        Base64UrlUnpadded::encode_string(&self.0)
    }

    /// SipHash-2-4 over the kind's letter and the name.
    pub(super) fn hash(&self, kind: Kind, name: &str) -> u64 {
        SipHasher24::new_with_key(&self.0).hash([kind.letter(), name].concat().as_bytes())
    }
}

/// A hash as it is written: big-endian, in base64url, eleven characters.
pub(super) fn hash_text(hash: u64) -> String {
    Base64UrlUnpadded::encode_string(&hash.to_be_bytes())
}

fn parse_hash(text: &str) -> Option<u64> {
    let mut bytes = [0; 8];
    let decoded = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
    (decoded.len() == 8).then(|| u64::from_be_bytes(bytes))
}

/// An entry, as this server holds it in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) sequence: i64,
    pub(super) kind: Kind,
    pub(super) hash: u64,
    pub(super) until: i64,
    /// Of a user: tokens up to this second are refused.
    pub(super) before: i64,
}

impl Entry {
    /// `None` for a row that this server did not write.
    pub(super) fn of(row: &RevocationRow) -> Option<Self> {
        let kind = Kind::of_letter(&row.kind)?;
        let before = match kind {
            Kind::User => row.before?,
            _ => 0,
        };
        let hash = parse_hash(&row.hash)?;
        Some(Self { sequence: row.sequence, kind, hash, until: row.until, before })
    }
}

/// `[kind, hash, until]`, or `["u", hash, until, before]`.
impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of_user = self.kind == Kind::User;
        let mut tuple = serializer.serialize_tuple(if of_user { 4 } else { 3 })?;
        tuple.serialize_element(self.kind.letter())?;
        tuple.serialize_element(&hash_text(self.hash))?;
        tuple.serialize_element(&self.until)?;
        if of_user {
            tuple.serialize_element(&self.before)?;
        }
        tuple.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> HashKey {
        HashKey::new(std::array::from_fn(|at| u8::try_from(at).expect("small")))
    }

    #[test]
    fn the_hash_is_siphash_2_4() {
        // The example of its paper, appendix A.
        let paper: Vec<u8> = (0..15).collect();
        let hash = SipHasher24::new_with_key(&key().0).hash(&paper);
        assert_eq!(hash, 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn a_hash_is_eleven_characters_and_names_of_two_kinds_differ() {
        let (session, user) = (key().hash(Kind::Session, "x"), key().hash(Kind::User, "x"));
        assert_ne!(session, user);
        let text = hash_text(session);
        assert_eq!((text.len(), parse_hash(&text)), (11, Some(session)));
        for other in ["", "AAAA", "AAAAAAAAAAAA", "AAAAAAAAAA=", "AAAAAAAAAA+"] {
            assert_eq!(parse_hash(other), None, "{other}");
        }
        assert!(HashKey::parse(&key().to_text()).is_some_and(|read| read == key()));
    }

    #[test]
    fn an_entry_is_written_as_guards_read_it() {
        let entry = |kind| Entry { sequence: 1, kind, hash: 1, until: 20, before: 10 };
        let written = |kind| serde_json::to_string(&entry(kind)).expect("JSON");
        assert_eq!(written(Kind::Token), r#"["j","AAAAAAAAAAE",20]"#);
        assert_eq!(written(Kind::User), r#"["u","AAAAAAAAAAE",20,10]"#);
    }
}
