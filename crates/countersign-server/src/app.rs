//! The way of a request: request id, log line, who sent it, how often, then the endpoint.
//!
//! Paths are matched as they are written. What is not an endpoint, in path or method, is a 404
//! with an empty body, as in Better Auth; `HEAD` and `OPTIONS` are no methods here.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderName, Method, StatusCode, header::ALLOW};
use tower::ServiceBuilder;
use tower_http::{
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

use crate::{
    Auth,
    edge::{limit_rate, remember_client},
    routes,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything the server answers.
pub(crate) fn app(auth: Auth) -> Router {
    let endpoints = auth
        .features()
        .iter()
        .fold(routes::endpoints(), |endpoints, feature| endpoints.merge(feature.routes()))
        .method_not_allowed_fallback(not_found)
        .fallback(not_found);
    let way_in = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(middleware::from_fn_with_state(auth.clone(), remember_client))
        .layer(middleware::from_fn_with_state(auth.clone(), limit_rate))
        .layer(middleware::from_fn(refuse_head));
    let path = auth.settings().base_url.path().to_owned();
    let routed = Router::new()
        .nest(&path, endpoints.layer(way_in))
        .merge(routes::probes())
        .method_not_allowed_fallback(not_found)
        .fallback(not_found)
        .with_state(auth);
    // A layer on `routed` itself would come before its routes add the header.
    Router::new().fallback_service(routed).layer(middleware::map_response(without_allow))
}

/// A router tells which methods a path has; a path that is none for this method has nothing to tell.
async fn without_allow(mut response: Response) -> Response {
    if response.status() == StatusCode::NOT_FOUND {
        response.headers_mut().remove(ALLOW);
    }
    response
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// A router answers `HEAD` wherever it answers `GET`; Better Auth does not.
async fn refuse_head(request: Request, next: Next) -> Response {
    if request.method() == Method::HEAD {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

/// The path without its query: queries carry tokens.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!(
        "request",
        id,
        method = %request.method(),
        path = request.uri().path(),
    )
}
