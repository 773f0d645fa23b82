//! The server as a router, on a clock that stands still and randomness that repeats itself.

mod account;
mod edge;
mod errors;
mod fixture;
mod foreign_hashes;
mod key_faults;
mod key_life;
mod key_rotation;
mod secrecy;
mod session_life;
mod settings;
mod victims;
