//! Better Auth's tables as typed rows: one file a table, its columns beside their reader.

pub mod accounts;
pub mod expired;
pub mod linked_accounts;
pub mod nodes;
pub mod rate_limits;
pub mod refresh_families;
pub mod revocation_guards;
pub mod revocations;
mod session_ends;
pub mod sessions;
pub mod signing_keys;
pub mod spent_tokens;
pub mod users;
pub mod verifications;
