//! Password hashes of other systems, so that their users can come along.
//!
//! | Stored text | From |
//! |---|---|
//! | `$2a$…`, `$2b$…`, `$2y$…` | bcrypt |
//! | `$argon2id$…`, `$argon2i$…` | Argon2 |
//! | `pbkdf2_sha256$iterations$salt$base64`, `pbkdf2_sha1$…` | Django |
//! | `$pbkdf2-sha256$…`, `$pbkdf2-sha512$…`, `$pbkdf2-sha1$…`, `$pbkdf2$…` | PBKDF2 as PHC text or as passlib writes it |
//! | `$scrypt$ln=…,r=…,p=…$salt$hash` | scrypt |
//! | `$firebase-scrypt$salt$hash` | Firebase: both as `firebase auth:export` writes them; the project's parameters are settings |
//!
//! A stored hash says itself how much work it is. What asks for more than about a second or for
//! more than 256 MiB is not begun, so that no row of the database can hold up the server.

mod argon2;
mod bcrypt;
mod firebase;
mod pbkdf2;
mod phc;
mod scrypt;

use self::{
    argon2::Argon2Hash, bcrypt::BcryptHash, firebase::FirebaseHash, pbkdf2::Pbkdf2Hash,
    scrypt::ScryptHash,
};
use crate::settings::FirebaseScrypt;

/// A hash that can be compared with a password.
pub(super) enum ForeignHash {
    Argon2(Argon2Hash),
    Bcrypt(BcryptHash),
    Firebase(FirebaseHash),
    Pbkdf2(Pbkdf2Hash),
    Scrypt(ScryptHash),
}

/// Why a stored text cannot be compared with any password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("it is of no known form")]
    Unknown,
    #[error("it is not of the form that its beginning says")]
    Malformed,
    #[error("it asks for more work or memory than a sign-in may take")]
    TooCostly,
    #[error("it is Firebase's, and password.firebase_signer_key is not set")]
    NoSignerKey,
}

impl ForeignHash {
    pub(super) fn parse(stored: &str, firebase: Option<&FirebaseScrypt>) -> Result<Self, Unusable> {
        let beginning = stored.trim_start_matches('$').split('$').next().unwrap_or_default();
        match beginning {
            "2a" | "2b" | "2y" => BcryptHash::parse(stored).map(Self::Bcrypt),
            "argon2id" | "argon2i" => Argon2Hash::parse(stored).map(Self::Argon2),
            "scrypt" => ScryptHash::parse(stored).map(Self::Scrypt),
            "firebase-scrypt" => FirebaseHash::parse(stored, firebase).map(Self::Firebase),
            name if name.starts_with("pbkdf2") => Pbkdf2Hash::parse(stored).map(Self::Pbkdf2),
            _ => Err(Unusable::Unknown),
        }
    }

    /// Whether it is the hash of this password, compared in constant time. The password is taken
    /// as it was typed: these systems do not normalise.
    pub(super) fn is_of(&self, password: &str) -> bool {
        match self {
            Self::Argon2(hash) => hash.is_of(password),
            Self::Bcrypt(hash) => hash.is_of(password),
            Self::Firebase(hash) => hash.is_of(password),
            Self::Pbkdf2(hash) => hash.is_of(password),
            Self::Scrypt(hash) => hash.is_of(password),
        }
    }
}

#[cfg(test)]
mod tests;
