//! How a guard calls an issuer: from which addresses, and with which limits.

mod address;
mod download;

pub(crate) use self::{
    address::{AddressError, is_this_machine, parse as parse_address},
    download::{CallError, Downloads, Wanted},
};
