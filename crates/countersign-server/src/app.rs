//! The way of a request: request id, log line, who sent it, how often, then the endpoint.
//!
//! Paths are matched as they are written. What is not an endpoint, in path or method, is a 404
//! with an empty body, as in Better Auth; `HEAD` and `OPTIONS` are no methods here.

use std::any::Any;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use countersign_serve::{REQUEST_ID, request_span};
use http::{
    HeaderValue, Method, StatusCode,
    header::{ALLOW, CACHE_CONTROL},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

use crate::{
    Auth,
    edge::{limit_rate, remember_client},
    features, routes,
};

/// Answers are one person's; nothing on the way keeps them. Better Auth says so of some only.
const NOT_STORED: HeaderValue = HeaderValue::from_static("no-store");

/// Everything the server answers.
pub(crate) fn app(auth: Auth) -> Router {
    let endpoints = auth
        .features()
        .iter()
        .fold(routes::endpoints(), |endpoints, feature| endpoints.merge(feature.routes()))
        .method_not_allowed_fallback(not_found)
        .fallback(not_found);
    let well_known = auth
        .features()
        .iter()
        .fold(Router::new(), |known, feature| known.merge(feature.well_known()));
    let way_in = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(request_span))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, NOT_STORED))
        .layer(CatchPanicLayer::custom(fault_of_ours))
        .layer(middleware::from_fn_with_state(auth.clone(), remember_client))
        .layer(middleware::from_fn_with_state(auth.clone(), limit_rate))
        .layer(middleware::from_fn(refuse_head))
        .layer(middleware::from_fn_with_state(auth.clone(), features::around));
    let path = auth.settings().base_url.path().to_owned();
    let routed = Router::new()
        .nest(&path, endpoints.layer(way_in))
        .merge(routes::probes())
        .merge(well_known)
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

/// A handler panicked; what it said is in the log already.
fn fault_of_ours(_: Box<dyn Any + Send>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// A router answers `HEAD` wherever it answers `GET`; Better Auth does not.
async fn refuse_head(request: Request, next: Next) -> Response {
    if request.method() == Method::HEAD {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}
