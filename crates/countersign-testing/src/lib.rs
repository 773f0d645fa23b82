//! The test kit: a clock that stands still until it is moved, and real servers on free ports.
//!
//! Everything that is started stops when its value is dropped, children included. A start waits
//! for the line with which the program says that it is ready, so nothing here sleeps; when the
//! line does not come, the error holds what the program said instead.
//!
//! | Type | What runs |
//! |---|---|
//! | [`node::BetterAuth`] | the real Better Auth on Node, from `conformance/reference` |
//! | [`binaries::Countersign`], [`binaries::TasksApi`] | our binaries |
//! | [`binaries::TasksApi::start_fastapi`] | `examples/fastapi-tasks` on Python |
//! | [`identity_provider::IdentityProvider`] | an identity provider of our own, on Node |
//! | [`web::Web`] | the Next.js application, built before |
//! | [`postgres::Postgres`], [`mariadb::MariaDb`] | a database server of its own in a temporary folder |
//! | [`nginx::Nginx`] | an nginx of its own in front of them |
//! | [`redis::Redis`] | a Redis of its own that keeps nothing |
//! | [`chromium::Chromium`] | a headless Chromium |
//! | [`proxy::Proxy`] | a line to a server that can be cut and silenced |
//! | [`feed::Feed`] | the revocation feed of an issuer, which can also lie |
//!
//! Beside them stands [`forgery`]: tokens that ought to be refused, by the hundred thousand.
//!
//! ```no_run
//! use countersign_testing::node::{BetterAuth, BetterAuthOptions};
//!
//! let server = BetterAuth::start(&BetterAuthOptions::default())?;
//! println!("{}/api/auth/ok", server.url());
//! # Ok::<(), countersign_testing::StartError>(())
//! ```

pub mod attacks;
pub mod binaries;
pub mod chromium;
mod clock;
pub mod feed;
pub mod forgery;
pub mod http;
pub mod identity_provider;
pub mod mariadb;
pub mod nginx;
pub mod node;
mod port;
pub mod postgres;
mod process;
pub mod proxy;
pub mod python;
pub mod redis;
mod server_user;
pub mod web;
mod workspace;

pub use clock::FixedClock;
pub use port::free_port;
pub use process::{Running, StartError, Stopper};
pub use workspace::{file_in, root};

/// The secret that tests share: long enough, and nobody's.
pub const SECRET: &str = "a-secret-for-tests-only-0123456789abcdef";
