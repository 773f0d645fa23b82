//! HTTP as it is on the wire: paths and headers go out as they are written, and nothing is added.
//!
//! The request of [`send`] is HTTP/1.0, so that the answer ends with the connection and is in one
//! piece. [`open`] and [`until_closed`] are for bytes that are no proper request.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body, as text.
    pub body: String,
}

impl Answer {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }

    /// The cookies it sets, each `name=value`.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        let set = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        set.filter_map(|(_, line)| line.split(';').next())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Sends one request to `http://host:port`.
///
/// # Panics
///
/// When the server does not answer.
pub fn send(
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Answer {
    try_send(origin, method, path, headers, body).expect("an answer comes back")
}

/// The same to a server that may be gone, or go before it has answered: an answer that is not whole
/// is an error. [`ErrorKind::ConnectionRefused`] says that nobody listened.
pub fn try_send(
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> io::Result<Answer> {
    try_send_within(None, origin, method, path, headers, body)
}

/// The same to a server that may also be silent: after so long without a byte it is an error.
pub fn try_send_within(
    patience: Option<Duration>,
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> io::Result<Answer> {
    let host = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(patience)?;
    let length = body.map(|body| body.len().to_string());
    let length = length.as_deref().map(|length| ("Content-Length", length));
    let mut request = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\n");
    for (name, value) in headers.iter().copied().chain(length) {
        request += &[name, ": ", value, "\r\n"].concat();
    }
    request += "\r\n";
    request += body.unwrap_or_default();
    // Who has read enough may answer and hang up in the middle of a body, which resets the connection: an
    // answer that says its length and is whole counts.
    let sent = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let ended = sent.and(stream.read_to_end(&mut answer));
    let answer = parse(&String::from_utf8_lossy(&answer), method != "HEAD");
    match (ended, answer) {
        (Ok(_length), answer) => answer.ok_or(ErrorKind::UnexpectedEof.into()),
        (Err(_), Some(answer)) if answer.header("content-length").is_some() => Ok(answer),
        (Err(error), _) => Err(error),
    }
}

/// A connection to `http://host:port` on which these bytes were sent.
///
/// # Panics
///
/// When nobody listens.
pub fn open(origin: &str, bytes: &[u8]) -> TcpStream {
    let host = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the server listens");
    // Who has read enough may hang up in the middle; what it answered counts.
    let _ = stream.write_all(bytes);
    stream
}

/// All that comes until the server ends the connection, in whichever way.
pub fn until_closed(mut stream: TcpStream) -> String {
    let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        said.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// `None` when the end is missing. The answer to a `HEAD` tells the length of a body that it does not have.
fn parse(text: &str, has_body: bool) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let headers = lines.filter_map(|line| line.split_once(": "));
    let answer = Answer {
        status: status.parse().expect("a status"),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.to_owned(),
    };
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    let is_whole = length.is_none_or(|length: usize| body.len() >= length);
    (is_whole || !has_body).then_some(answer)
}
