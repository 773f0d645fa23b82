//! How fast tokens are verified: ours, and the Rust libraries beside it.
//!
//! A *cell* is one library with one algorithm. Each is shown to accept the token and to refuse four bad
//! ones before it is timed. `cargo xtask bench verify` starts this program beside one for Python and
//! one for Node, and tells each which cell to time and for how long, so that all libraries take turns.

pub mod bad_tokens;
pub mod cell;
pub mod jsonwebtoken;
pub mod jwt_simple;
pub mod material;
pub mod memory;
pub mod ours;
pub mod raw;
pub mod window;

/// Why a benchmark cannot run.
pub type Failure = Box<dyn std::error::Error>;
