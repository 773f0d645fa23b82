//! A success: a JSON body, cookies, and sometimes a header.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{cookies::SetCookies, wire::ApiError};

/// `200 application/json`, without a charset.
pub(crate) struct Reply {
    body: String,
    cookies: SetCookies,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// The body, serialised now: an error later could not be told any more.
    pub(crate) fn json(body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_string(body)
            .map_err(|error| ApiError::internal("a body could not be written as JSON", &error))?;
        Ok(Self { body, cookies: SetCookies::default(), headers: Vec::new() })
    }

    /// The same reply, with cookies.
    pub(crate) fn with_cookies(mut self, cookies: SetCookies) -> Self {
        self.cookies = cookies;
        self
    }

    /// The same reply, with a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let content_type = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (StatusCode::OK, content_type, self.body).into_response();
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        self.cookies.append_to(response.headers_mut());
        response
    }
}
