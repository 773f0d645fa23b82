//! What every engine has to do, on all there are.

mod addresses;
mod better_auth;
mod contract;
mod engines;
mod ids;
mod inspection;
mod locks;
mod names;
mod revocations;
mod rights;
mod servers;
mod verifications;
