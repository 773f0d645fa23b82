//! Bytes that nobody sends in good faith, for every server that listens.

/// What follows on the connection, and must not be taken for a request.
const SMUGGLED: &str = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

/// A request whose end two servers could see in different places, and another one hidden behind.
pub struct Smuggling {
    /// What is wrong with it.
    pub name: &'static str,
    /// Everything that is sent.
    pub bytes: String,
    /// Whether it has to be refused; others may be answered, but the connection has to end.
    pub is_refused: bool,
}

/// T123: `head` is a request line with headers, each line ended, that a body may follow.
pub fn smuggling(head: &str) -> Vec<Smuggling> {
    let refused = [
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ("another coding first", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        (
            "two codings",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        ),
        ("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        ("a list of lengths", "Content-Length: 2, 2\r\n\r\n{}"),
        ("a length with a sign", "Content-Length: +2\r\n\r\n{}"),
        ("a length below zero", "Content-Length: -2\r\n\r\n{}"),
        ("a space before the colon", "Content-Length : 2\r\n\r\n{}"),
        ("a folded header", "Content-Length: 2\r\nX-A: b\r\n c\r\n\r\n{}"),
        ("a bare CR", "Content-Length: 2\r\nX-A: b\rc\r\n\r\n{}"),
        ("a NUL", "Content-Length: 2\r\nX-A: b\0c\r\n\r\n{}"),
    ];
    let ended = [
        ("length and coding", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("coding and length", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"),
        (
            "a chunk beyond all numbers",
            "Transfer-Encoding: chunked\r\n\r\n1ffffffffffffffff\r\n{}\r\n",
        ),
        ("a chunk with a bare LF", "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n"),
        ("an extension with a LF", "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n{}\r\n0\r\n\r\n"),
    ];
    let all = refused.map(|case| (case, true)).into_iter().chain(ended.map(|case| (case, false)));
    all.map(|((name, rest), is_refused)| Smuggling {
        name,
        bytes: [head, rest, SMUGGLED].concat(),
        is_refused,
    })
    .collect()
}

/// T121: lines in the place of a `Host` header, none of which names one host.
pub const HOSTS: [&str; 7] = [
    "Host: api.test/public?x=\r\n",
    "Host: a b\r\n",
    "Host: api.test#\r\n",
    "Host: user@api.test\r\n",
    "Host: api.test:80:80\r\n",
    "Host: api.test\r\nHost: other.test\r\n",
    "",
];

/// T317: what a terminal or a reader of logs would act on, as far as HTTP lets it through.
pub const DIRTY: [&str; 6] =
    ["a\u{1b}[2Jb", "a\r\nlevel=ERROR forged", "a\u{2028}b", "a\u{202e}b", "a\0b", "a\u{9b}31mb"];

/// Whether a line of a log is free of characters that a terminal or a reader acts on.
pub fn is_clean(line: &str) -> bool {
    line.len() < 4096
        && !line.chars().any(|c| {
            c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}')
        })
}
