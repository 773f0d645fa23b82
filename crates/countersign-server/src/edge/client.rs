//! Who sent the request: an address to count by and to show in the list of sessions.
//!
//! The address is the peer's. Only when the peer is a trusted proxy is `X-Forwarded-For` read,
//! from the right, skipping trusted proxies; what a client writes into that header itself never
//! counts. An IPv6 client is its /64, written as eight groups of four digits, because one
//! customer has all of it; an IPv4-mapped address is the IPv4 address.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::{HeaderMap, header, request::Parts};
use ipnet::IpNet;

use crate::Auth;

/// The sender of a request.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The address, normalised; empty when it is not known.
    pub(crate) address: String,
    /// The `User-Agent`, or nothing.
    pub(crate) user_agent: String,
}

/// The address of who sent a request, normalised; empty when it is not known.
pub(super) fn address_of(request: &Parts, auth: &Auth) -> String {
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let proxies = &auth.settings().trusted_proxies;
    let address = peer.and_then(|peer| client_address(peer, &request.headers, proxies));
    address.map(normalised).unwrap_or_default()
}

impl Client {
    /// Who sent this request.
    pub(crate) fn of(request: &Parts, auth: &Auth) -> Self {
        let agent = request.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let user_agent = agent.unwrap_or_default().to_owned();
        Self { address: address_of(request, auth), user_agent }
    }
}

impl FromRequestParts<Auth> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Infallible> {
        Ok(Self::of(parts, auth))
    }
}

fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> Option<IpAddr> {
    let trusted = |address: IpAddr| {
        let address = address.to_canonical();
        proxies.iter().any(|network| network.contains(&address))
    };
    if !trusted(peer) {
        return Some(peer);
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        // A hop that is no address was written by somebody we cannot judge: nobody is known.
        let address: IpAddr = hop.parse().ok()?;
        if !trusted(address) {
            return Some(address);
        }
    }
    Some(peer)
}

fn normalised(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            let network = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
            network.segments().map(|group| format!("{group:04x}")).join(":")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address_of(peer: &str, forwarded: &[&str], proxies: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().expect("a header"));
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|net| net.parse().expect("a net")).collect();
        client_address(peer.parse().expect("an address"), &headers, &proxies).map(normalised)
    }

    #[test]
    fn without_trusted_proxies_the_header_of_a_client_counts_nothing() {
        assert_eq!(address_of("203.0.113.9", &["1.1.1.1"], &[]).as_deref(), Some("203.0.113.9"));
    }

    #[test]
    fn t269_behind_trusted_proxies_the_nearest_untrusted_hop_is_the_client() {
        let several: [&[&str]; 3] = [
            &["1.1.1.1, 203.0.113.50, 10.1.2.3"],
            &["1.1.1.1", "203.0.113.50", "10.1.2.3"],
            &["10.9.9.9, unknown, 203.0.113.50"],
        ];
        for forwarded in several {
            let found = address_of("10.0.0.1", forwarded, &["10.0.0.0/8"]);
            assert_eq!(found.as_deref(), Some("203.0.113.50"), "{forwarded:?}");
        }
    }

    #[test]
    fn t269_a_hop_that_is_no_address_leaves_the_client_unknown() {
        for hop in
            ["unknown", "", "203.0.113.50.1", "203.0.113.50, 1e3", "203.0.113.50, , 10.1.1.1"]
        {
            assert_eq!(address_of("10.0.0.1", &[hop], &["10.0.0.0/8"]), None, "{hop:?}");
        }
    }

    #[test]
    fn t270_an_ipv6_client_is_its_network() {
        let found = address_of("2001:db8:1:2:3:4:5:6", &[], &[]);
        assert_eq!(found.as_deref(), Some("2001:0db8:0001:0002:0000:0000:0000:0000"));
        let first = address_of("2001:DB8::1", &[], &[]);
        for last in ["2001:db8:0:0::2", "2001:db8::ffff:1:2"] {
            assert_eq!(address_of(last, &[], &[]), first);
        }
        for mapped in ["::ffff:192.0.2.1", "::ffff:c000:201", "192.0.2.1"] {
            assert_eq!(address_of(mapped, &[], &[]).as_deref(), Some("192.0.2.1"));
        }
    }
}
