//! Refresh tokens: `POST /token`, what renews it, and what ends it.

mod browsers;
pub(crate) mod device;
mod ends;
mod engines;
pub(crate) mod events;
mod grants;
pub(crate) mod introspection;
mod redis;
mod reuse;
mod revocation;
mod scopes;
