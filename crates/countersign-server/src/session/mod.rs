//! Sessions: begun at sign-in, found by a signed cookie, extended in use, over at their end.
//!
//! | What | How long |
//! |---|---|
//! | a session | `session.expires_in` (7 days) from sign-in or the last extension |
//! | one that is not to be remembered | 1 day, its cookie until the browser closes, never extended |
//! | extension | when used `session.update_age` (1 day) or more after the last one; same token |
//! | fresh | `session.fresh_age` (1 day) from sign-in, extensions or not |

mod begin;
mod current;
mod signed_in;

pub(crate) use begin::{begin, remember, remember_again};
pub(crate) use current::{Current, current};
pub(crate) use signed_in::{PostedBy, PostedFreshlyBy, SignedIn, SignedInFreshly};
