//! `/openapi.json`, and `/docs`: the same as a page for people.
//!
//! The page is Swagger UI, and all of it is in this binary: it needs no other server, and its
//! policy lets it reach none.

use axum::{
    Router,
    http::{HeaderValue, header::CONTENT_SECURITY_POLICY},
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::app::Tasks;

/// The hash is that of the one style written into the page, the colour of its logo.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
     img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

pub(crate) fn router(document: OpenApi) -> Router<Tasks> {
    // The validator would be another server's.
    let config = Config::default().validator_url("none");
    let page = SwaggerUi::new("/docs").config(config).url("/openapi.json", document);
    Router::from(page)
        .layer(SetResponseHeaderLayer::if_not_present(CONTENT_SECURITY_POLICY, POLICY))
}
