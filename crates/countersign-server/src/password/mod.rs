//! Passwords: how they are stored, and who computes that.

mod foreign;
mod length;
mod pool;
mod scrypt;
mod stored;

pub(crate) use length::{check_length, check_not_too_long};
pub(crate) use pool::{HashingPool, HashingSlot, Verified};
