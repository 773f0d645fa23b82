//! Better Auth's session cookies: names, signatures, and the three forms of `session_data`.
//!
//! | Cookie | Holds | Here |
//! |---|---|---|
//! | `session_token` | the name of a row, signed | [`CookieSigner`] |
//! | `session_data` | session and user as they were minutes ago, signed or encrypted | [`SessionDataReader`], [`SessionDataWriter`] |
//!
//! No IO, no async; time is an argument. Everything is keyed by `BETTER_AUTH_SECRET`, which is taken as
//! the UTF-8 bytes of its text, and every check of a signature is made in constant time before anything
//! of what it covers is read.

mod error;
mod names;
mod request;
mod session_data;
mod signer;

pub use error::{CookieError, SecretError};
pub use names::CookieNames;
pub use request::{MAX_CHUNKS, RequestCookies};
pub use session_data::{
    MAX_SESSION_DATA_BYTES, SealError, SessionData, SessionDataReader, SessionDataWriter, Strategy,
    Unrepeated,
};
pub use signer::CookieSigner;
