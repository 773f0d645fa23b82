//! How a guard calls an issuer: from which addresses, and with which limits.

mod address;
mod credential;
mod download;
mod post;
mod unforeseen;

pub(crate) use self::{
    address::{AddressError, is_bare, is_this_machine, parse as parse_address},
    credential::Credential,
    download::{CallError, Downloads, Wanted},
    post::Post,
    unforeseen::unforeseen,
};
