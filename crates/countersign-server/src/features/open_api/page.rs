//! `GET /reference`: the description as a page, and the files it is made of.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use utoipa_swagger_ui::{Config, serve};

use super::DOCUMENT_PATH;
use crate::Auth;

/// What the page loads. The viewer has more files; none of them is served.
const FILES: [&str; 4] = [
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-initializer.js",
];

/// The hash is that of the one style written into the page, the colour of its logo.
const POLICY: (HeaderName, HeaderValue) = (
    CONTENT_SECURITY_POLICY,
    HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; \
         style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
         img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
);

pub(super) fn routes() -> Router<Auth> {
    Router::new().route("/reference", get(page)).route("/reference/{file}", get(file))
}

async fn page() -> Response {
    let html = Html(include_str!("page.html"));
    ([POLICY, (CONTENT_TYPE, HeaderValue::from_static("text/html"))], html).into_response()
}

async fn file(State(auth): State<Auth>, Path(name): Path<String>) -> Response {
    let nowhere = || StatusCode::NOT_FOUND.into_response();
    if !FILES.contains(&name.as_str()) {
        return nowhere();
    }
    let document = format!("{}{DOCUMENT_PATH}", auth.settings().base_url.path());
    // The validator would be another server's.
    let config = Config::from(document).validator_url("none");
    let Ok(Some(file)) = serve(&name, Arc::new(config)) else { return nowhere() };
    let Ok(content_type) = HeaderValue::from_str(&file.content_type) else { return nowhere() };
    let headers = [
        POLICY,
        (CONTENT_TYPE, content_type),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, file.bytes.into_owned()).into_response()
}
