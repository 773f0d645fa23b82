//! By which names a token can be taken back, and their hashes: SipHash-2-4 with the feed's key over the
//! kind's letter and the name.

use std::hash::Hasher;

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Claims, TokenHash};
use serde::Deserialize;
use siphasher::sip::SipHasher24;

use crate::{
    cookies::CookieSession,
    revocation::{Revoked, seconds},
};

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Kind {
    #[serde(rename = "j")]
    Token,
    #[serde(rename = "s")]
    Session,
    #[serde(rename = "u")]
    User,
    #[serde(rename = "t")]
    TokenHash,
}

impl Kind {
    fn letter(self) -> u8 {
        match self {
            Self::Token => b'j',
            Self::Session => b's',
            Self::User => b'u',
            Self::TokenHash => b't',
        }
    }

    pub(super) fn revoked(self) -> Revoked {
        match self {
            Self::Token => Revoked::Token,
            Self::Session => Revoked::Session,
            Self::User => Revoked::User,
            Self::TokenHash => Revoked::TokenHash,
        }
    }
}

/// The hashes of one sequence.
pub(super) struct NameHasher {
    key: [u8; 16],
    /// Each has taken in the letter of its kind.
    token: SipHasher24,
    session: SipHasher24,
    user: SipHasher24,
    token_hash: SipHasher24,
}

impl NameHasher {
    pub(super) fn new(key: [u8; 16]) -> Self {
        let of = |kind: Kind| {
            let mut hasher = SipHasher24::new_with_key(&key);
            hasher.write(&[kind.letter()]);
            hasher
        };
        Self {
            key,
            token: of(Kind::Token),
            session: of(Kind::Session),
            user: of(Kind::User),
            token_hash: of(Kind::TokenHash),
        }
    }

    pub(super) fn has_key(&self, key: &[u8; 16]) -> bool {
        self.key == *key
    }

    pub(super) fn hash(&self, kind: Kind, name: &str) -> u64 {
        let mut hasher = match kind {
            Kind::Token => self.token,
            Kind::Session => self.session,
            Kind::User => self.user,
            Kind::TokenHash => self.token_hash,
        };
        hasher.write(name.as_bytes());
        hasher.finish()
    }
}

/// The kinds of names that are hashed for every token, in the order in which they are judged.
pub(super) const HASHED: [Kind; 3] = [Kind::Token, Kind::Session, Kind::User];

/// The hashes of a token's names in one sequence, for a token that is looked up again and again.
pub(crate) struct HashedNames {
    /// How they were hashed; other hashes cannot be compared with these.
    pub(super) way: u64,
    /// As [`HASHED`].
    pub(super) hashes: [Option<u64>; 3],
    /// Of the token's hash, where tokens were taken back by theirs.
    pub(super) token_hash: Option<u64>,
}

impl HashedNames {
    pub(super) fn all(&self) -> impl Iterator<Item = u64> {
        self.hashes.into_iter().chain([self.token_hash]).flatten()
    }
}

/// The names of one token or of the session of a cookie.
pub(super) struct Called<'c> {
    pub(super) token_id: Option<&'c str>,
    pub(super) session: Option<&'c str>,
    pub(super) user: &'c str,
    /// In seconds; 0 for a token that does not say when it was issued.
    pub(super) since: u32,
    /// Its hash is worked out only where hashes are among what was taken back.
    token: Option<&'c str>,
}

impl<'c> Called<'c> {
    pub(super) fn token(claims: &'c Claims, token: &'c str) -> Self {
        Self {
            token_id: claims.token_id(),
            session: claims.session(),
            user: claims.subject(),
            since: claims.issued_at().map_or(0, seconds),
            token: Some(token),
        }
    }

    pub(super) fn cookie(session: &'c CookieSession) -> Self {
        let since = seconds(session.created_at());
        let (user, session) = (session.user_id(), Some(session.session_id()));
        Self { token_id: None, session, user, since, token: None }
    }

    /// The token's hash as the feed writes it, into this room.
    pub(super) fn token_hash<'b>(&self, room: &'b mut [u8; 43]) -> Option<&'b str> {
        let hash = TokenHash::of(self.token?).ok()?;
        Base64UrlUnpadded::encode(hash.as_bytes(), room).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the paper (Appendix A): key 00…0f, the fifteen bytes 00…0e. The letter comes first,
    /// so the key is the same and the text begins with one of ours.
    #[test]
    fn hashes_are_siphash_2_4_over_letter_and_name() {
        let key: [u8; 16] = std::array::from_fn(|index| u8::try_from(index).unwrap());
        let bytes: Vec<u8> = (0..15).collect();
        assert_eq!(SipHasher24::new_with_key(&key).hash(&bytes), 0xa129_ca61_49be_45e5);
        let names = NameHasher::new(key);
        for (kind, whole) in [
            (Kind::Token, "jname-of-any-length"),
            (Kind::Session, "sname-of-any-length"),
            (Kind::User, "uname-of-any-length"),
            (Kind::TokenHash, "tname-of-any-length"),
        ] {
            let whole = SipHasher24::new_with_key(&key).hash(whole.as_bytes());
            assert_eq!(names.hash(kind, "name-of-any-length"), whole, "{kind:?}");
        }
    }
}
