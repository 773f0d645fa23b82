//! Facts that expire, held in memory or in Redis.
//!
//! [`Redis`] is for facts that several servers share. [`Windows`] counts things in windows of time: requests of a client, tries of a password. It is
//! bounded, takes the time as an argument, and decides and counts in one step, so that requests
//! that arrive together cannot all pass.
//!
//! ```
//! use countersign_kv::{Decision, Windows};
//! use jiff::SignedDuration;
//!
//! let windows = Windows::new(1_000);
//! let (window, now) = (SignedDuration::from_secs(10), "2026-11-21T00:00:00Z".parse()?);
//! assert_eq!(windows.take("ann", window, 1, now), Decision::Allowed);
//! let until = now + window;
//! assert_eq!(windows.take("ann", window, 1, now), Decision::Refused { until });
//! # Ok::<(), jiff::Error>(())
//! ```

mod redis;
mod windows;

pub use redis::{ANSWER_TIMEOUT, CALL_TIMEOUT, CONNECT_TIMEOUT, Redis, RedisError, Subscription};
pub use windows::{Decision, Windows};
