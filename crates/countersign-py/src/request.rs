//! What a guard looks at of a request, and what the audit log tells of it.
//!
//! Nothing that a client sends makes this fail: a header line that HTTP does not permit is passed on
//! as one that cannot be read, and a path that is no path is logged as far as it is one.

use std::net::IpAddr;

use countersign::audit::PeerAddress;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::AUTHORIZATION,
    request::{Builder, Parts},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// More is not logged anyway.
const MAX_PATH_CHARS: usize = 1024;

/// What a path may not hold as it is (RFC 3986 §3.3), besides `%`.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The `Authorization` lines of a request: all of them, so that several are refused.
#[derive(FromPyObject)]
pub(crate) enum Authorization {
    Line(Line),
    Lines(Vec<Line>),
}

/// One line, as bytes from the wire or as text.
#[derive(FromPyObject)]
pub(crate) enum Line {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl Line {
    fn to_header(&self) -> HeaderValue {
        let bytes: &[u8] = match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        };
        HeaderValue::from_bytes(bytes).unwrap_or_else(|_not_permitted| unreadable())
    }
}

/// A line that holds no text.
fn unreadable() -> HeaderValue {
    HeaderValue::from_bytes(&[0xff]).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The rest of the request, for the audit log.
pub(crate) struct About<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
}

impl About<'_> {
    pub(crate) fn parts(&self, authorization: Option<Authorization>) -> PyResult<Parts> {
        let mut builder: Builder = Request::builder().method(self.method()?).uri(self.uri());
        if let Some(headers) = builder.headers_mut() {
            self.add_headers(headers, authorization);
        }
        if let Some(address) = self.address.and_then(|text| text.parse::<IpAddr>().ok()) {
            builder = builder.extension(PeerAddress(address));
        }
        let request = builder.body(()).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(request.into_parts().0)
    }

    fn add_headers(&self, headers: &mut HeaderMap, authorization: Option<Authorization>) {
        let lines = match authorization {
            None => Vec::new(),
            Some(Authorization::Line(line)) => vec![line],
            Some(Authorization::Lines(lines)) => lines,
        };
        for line in lines {
            headers.append(AUTHORIZATION, line.to_header());
        }
        if let Some(Ok(id)) = self.request_id.map(HeaderValue::from_str) {
            headers.insert(REQUEST_ID, id);
        }
    }

    fn method(&self) -> PyResult<Method> {
        Method::from_bytes(self.method.as_bytes()).map_err(|_| {
            PyValueError::new_err(format!("{:?} is no method of HTTP, such as GET", self.method))
        })
    }

    fn uri(&self) -> Uri {
        let path: String = self.path.chars().take(MAX_PATH_CHARS).collect();
        let path = utf8_percent_encode(&path, NOT_IN_A_PATH).to_string();
        Uri::builder().path_and_query(path).build().unwrap_or_default()
    }
}
