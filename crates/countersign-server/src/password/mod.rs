//! Passwords: how they are stored, and who computes that.

mod foreign;
mod pool;
mod rules;
mod scrypt;
mod stored;

pub(crate) use pool::{HashingPool, HashingSlot, Verified};
pub(crate) use rules::{check_new, check_not_too_long};
