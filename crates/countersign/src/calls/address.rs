//! Addresses that an issuer may be called at: `https`, or `http` on this machine; no user name, no
//! password. Whoever can change a key set on the way can make tokens, and whoever can hold back a
//! revocation can keep one alive.

use std::net::IpAddr;

use url::{Host, Url};

/// Why an address is not called.
#[derive(Debug)]
pub(crate) enum AddressError {
    NotAUrl(url::ParseError),
    Insecure,
}

/// Reads an address and refuses the unsafe.
pub(crate) fn parse(text: &str) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(AddressError::NotAUrl)?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
    if !safe || !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Insecure);
    }
    Ok(url)
}

/// Whether questions can bring a query or a body of their own: the address has neither query nor fragment.
pub(crate) fn is_bare(url: &Url) -> bool {
    url.query().is_none() && url.fragment().is_none()
}

/// `localhost` or a loopback address; nobody else can listen in.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
