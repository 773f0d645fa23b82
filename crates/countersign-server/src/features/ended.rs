//! What ends before its time, and the one way to commit it.
//!
//! Whoever ends something does so in a transaction, says what ended, and commits with [`commit`]. Features
//! act in the same transaction: what follows from an end is as durable as the end itself, or neither
//! happened. They read and write through the transaction only: on SQLite there is no second connection that
//! could write, and in memory none at all.

use countersign_jwt::TokenHash;
use countersign_store::Transaction;
use jiff::Timestamp;

use crate::{Auth, wire::ApiError};

/// Something that is over before its time.
pub(crate) enum Ended {
    /// A session, and what was issued in it.
    Session {
        /// The session's id, `sid` in tokens.
        id: String,
        /// Whose it was, where that is known.
        user_id: Option<String>,
    },
    /// Everything that was issued to a user until now.
    User {
        /// Who.
        id: String,
    },
    /// What a user may do, by a ban or another role: everything that was issued to them until now. Who read the user
    /// before that may still be issuing.
    Rights {
        /// Whose.
        user_id: String,
    },
    /// A user's password, changed or reset. Sessions may go on; those that end are told besides.
    Password {
        /// Whose it was.
        user_id: String,
    },
    /// One token that has an id.
    Token {
        /// Its `jti`.
        id: String,
        /// When it would have been over, where that is known.
        until: Option<Timestamp>,
    },
    /// One token, by what of it is signed.
    TokenHash {
        /// Its hash.
        hash: TokenHash,
        /// When it would have been over, where that is known.
        until: Option<Timestamp>,
    },
}

/// Commits the transaction in which this ended, with everything that features have to do about it.
pub(crate) async fn commit(
    auth: &Auth,
    mut transaction: Transaction,
    ended: &[Ended],
) -> Result<(), ApiError> {
    if !ended.is_empty() {
        for feature in auth.features() {
            feature.ended(auth, &mut transaction, ended).await?;
        }
    }
    transaction.commit().await?;
    if !ended.is_empty() {
        for feature in auth.features() {
            feature.end_committed(auth);
        }
    }
    Ok(())
}
