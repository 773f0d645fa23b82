//! Passwords: how they are stored, and who computes that.

mod length;
mod pool;
mod scrypt;

pub(crate) use length::{check_length, check_not_too_long};
pub(crate) use pool::HashingPool;
