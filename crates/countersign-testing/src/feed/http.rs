//! As much of HTTP/1.1 as a guard needs: one question, one answer, and the connection ends.

use std::{io::Read, net::TcpStream};

use url::Url;

use super::Asked;

pub(super) fn whole(body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Type: application/jwt\r\nContent-Length: {}", body.len());
    [&head(200, &length), body].concat()
}

pub(super) fn head(status: u16, lines: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} It\r\nConnection: close\r\n{lines}\r\n\r\n").into_bytes()
}

/// Reads one request.
pub(super) fn asked(stream: &mut TcpStream) -> std::io::Result<Asked> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.extend(byte);
    }
    if !head.ends_with(b"\r\n\r\n") {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let url = Url::parse(&format!("http://feed{path}")).map_err(std::io::Error::other)?;
    let parameter = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs.find_map(|(own, value)| (own == name).then(|| value.into_owned()))
    };
    let number = |name: &str| parameter(name).and_then(|text| text.parse().ok());
    let authorization = head.lines().filter_map(|line| line.split_once(": "));
    let mut authorization =
        authorization.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    Ok(Asked {
        held: parameter("epoch").zip(number("after")),
        wait: number("wait").unwrap_or(0),
        nonce: parameter("nonce").unwrap_or_default(),
        guard: parameter("guard"),
        kids: parameter("kids"),
        authorization: authorization.next().map(|(_, value)| value.to_owned()),
    })
}
