//! Sign-in with the word of an identity provider, and what attackers make of it.

mod accounts;
mod addresses;
mod flows;
mod id_tokens;
pub(crate) mod provider;
mod secrets;
