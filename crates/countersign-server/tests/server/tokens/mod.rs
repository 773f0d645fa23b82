//! Refresh tokens: `POST /token`, what renews it, and what ends it.

mod browsers;
pub(crate) mod device;
mod ends;
mod engines;
mod events;
mod grants;
mod introspection;
mod redis;
mod reuse;
mod revocation;
mod scopes;
