//! A success: a JSON body or a redirect, cookies, and sometimes a header.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{
    cookies::SetCookies,
    wire::{ApiError, refusals},
};

/// `200`, `201` or `302`, `application/json` without a charset.
pub(crate) struct Reply {
    status: StatusCode,
    body: String,
    cookies: SetCookies,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// The body, serialised now: an error later could not be told any more.
    pub(crate) fn json(body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_string(body)
            .map_err(|error| ApiError::internal("a body could not be written as JSON", &error))?;
        Ok(Self {
            status: StatusCode::OK,
            body,
            cookies: SetCookies::default(),
            headers: Vec::new(),
        })
    }

    /// The same reply, for something that is there from now on.
    pub(crate) fn created(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }

    /// A redirect with an empty body, to a place that was checked. One that no header can hold is
    /// refused.
    pub(crate) fn redirect(location: &str) -> Result<Self, ApiError> {
        let location = HeaderValue::from_bytes(location.as_bytes())
            .map_err(|_| &refusals::INVALID_CALLBACK_URL)?;
        Ok(Self {
            status: StatusCode::FOUND,
            body: String::new(),
            cookies: SetCookies::default(),
            headers: vec![(header::LOCATION, location)],
        })
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
        let mut response = (self.status, content_type, self.body).into_response();
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        self.cookies.append_to(&mut response);
        response
    }
}
