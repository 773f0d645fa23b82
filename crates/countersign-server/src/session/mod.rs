//! Sessions: begun at sign-in, found by a signed cookie, extended in use, over at their end.
//!
//! | What | How long |
//! |---|---|
//! | a session | `session.expires_in` (7 days) from sign-in or the last extension |
//! | one that is not to be remembered | 1 day, its cookie until the browser closes, never extended |
//! | extension | when used `session.update_age` (1 day) or more after the last one; same token |
//! | in a cookie | `session.cookie_cache_max_age` (5 minutes), believed without looking it up |
//! | at the longest | `session.absolute_lifetime` from sign-in, where it is set: no extension goes beyond |
//! | fresh | `session.fresh_age` (1 day) from sign-in, extensions or not |

mod admit;
mod begin;
mod cache;
mod current;
mod end;
mod signed_in;
mod store;

pub(crate) use admit::{Admitted, admit, insert, share};
pub(crate) use begin::{begin, remember, remember_again};
pub(crate) use cache::SessionCache;
pub(crate) use current::{
    Asking, Cache, Current, current, extend_used, find, find_by_token, is_kept_out, look,
    may_keep_out, user_of_now,
};
pub(crate) use end::{
    end, end_all, end_all_in, end_all_rows, end_known, end_of_user, end_others, find_to_end,
};
pub(crate) use signed_in::{
    PostedBy, PostedBySession, PostedFreshlyBy, SignedIn, SignedInFreshly, SignedInStored,
};
pub(crate) use store::SessionStore;
