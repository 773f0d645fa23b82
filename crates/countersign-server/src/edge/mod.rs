//! What happens to a request before an endpoint sees it: who sent it, how often, from where.

mod asked;
mod client;
mod glob;
mod origin;
mod posted;
mod rate_limit;
mod resource_server;
mod trusted_origins;

pub(crate) use asked::{Asked, LeadsOn};
pub(crate) use client::Client;
pub(crate) use origin::{check_sign_in, shows_browser};
pub(crate) use posted::{Posted, receive};
pub(crate) use rate_limit::{Attempt, RateLimiter, count_sign_in, limit_rate};
pub(crate) use resource_server::{ByResourceServer, resource_server};
pub use trusted_origins::TrustedOrigins;
