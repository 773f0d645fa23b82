//! What every engine has to do, on those there are.

mod better_auth;
mod contract;
mod inspection;
mod verifications;
