//! Free ports.

use std::net::{Ipv4Addr, TcpListener};

/// A port on loopback that nobody listens on at this moment.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
