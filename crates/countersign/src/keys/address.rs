//! Addresses that keys may be fetched from: `https`, or `http` on this machine; no user name, no
//! password. Whoever can change a key set on the way can make tokens.

use std::net::IpAddr;

use url::{Host, Url};

use super::SourceError;

/// Reads an address and refuses the unsafe.
pub(super) fn parse(text: &str) -> Result<Url, SourceError> {
    let url = Url::parse(text).map_err(SourceError::NotAUrl)?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
    if !safe || !url.username().is_empty() || url.password().is_some() {
        return Err(SourceError::InsecureUrl);
    }
    Ok(url)
}

/// `localhost` or a loopback address; nobody else can listen in.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
