//! `GET /error`: where failed redirects end.
//!
//! In production the browser goes on to `/?error=…&error_description=…` of the application; in
//! development it sees a page. A code that is not of `[A-Za-z0-9_'-]+` is shown as `UNKNOWN`, and
//! the description is escaped: both come from a URL that anybody can write.

use axum::{
    extract::{RawQuery, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

use crate::Auth;

pub(crate) async fn error_page(State(auth): State<Auth>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let parameter = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(other, _)| other == name).map(|(_, value)| value.into_owned())
    };
    let code = parameter("error").filter(|code| is_code(code)).unwrap_or("UNKNOWN".to_owned());
    let description = parameter("error_description").filter(|text| !text.is_empty());
    if auth.settings().development {
        return page(&code, description.as_deref());
    }
    let mut target = form_urlencoded::Serializer::new(String::new());
    target.append_pair("error", &code);
    if let Some(description) = &description {
        target.append_pair("error_description", description);
    }
    let location = HeaderValue::from_str(&format!("/?{}", target.finish()));
    let location = location.unwrap_or(HeaderValue::from_static("/?error=UNKNOWN"));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

fn is_code(code: &str) -> bool {
    !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || "_'-".contains(c))
}

fn page(code: &str, description: Option<&str>) -> Response {
    let description = description.map_or(
        "We encountered an unexpected error. Please try again or return to the home page."
            .to_owned(),
        escaped,
    );
    let html = include_str!("error_page.html")
        .replace("{code}", &escaped(code))
        .replace("{description}", &description);
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    let policy = HeaderValue::from_static(
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    );
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
