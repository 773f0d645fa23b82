//! Passwords: how they are stored, and who computes that.

mod pool;
mod scrypt;

pub(crate) use pool::HashingPool;
