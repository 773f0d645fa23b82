//! The way of a request: a name, its line in the log, how often its sender may ask, then the endpoint.
//!
//! Paths are matched as they are written. What is not an endpoint, in path or method, is a 404
//! with an empty body, as in Better Auth; `HEAD` and `OPTIONS` are no methods here.

use std::convert::Infallible;

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::Route,
};
use countersign_serve::told;
use http::{Method, StatusCode, header::ALLOW};
use tower::{Service, service_fn};
use tower_layer::layer_fn;

use crate::{Auth, edge::limit_rate, features, routes};

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
    // One step, not one for each of them: a step is boxed and cloned for every request.
    let with_auth = auth.clone();
    let way = layer_fn(move |endpoint: Route| {
        let auth = with_auth.clone();
        service_fn(move |request| way(auth.clone(), request, endpoint.clone()))
    });
    let path = auth.settings().base_url.path().to_owned();
    let routed = Router::new()
        .nest(&path, endpoints.layer(way))
        .merge(routes::probes())
        .merge(well_known)
        .method_not_allowed_fallback(not_found)
        .fallback(not_found)
        .with_state(auth);
    // A layer on `routed` itself would come before its routes add the header.
    Router::new().fallback_service(service_fn(move |request: Request| {
        let answer = routed.clone().call(request);
        async { answer.await.map(without_allow) }
    }))
}

/// From outside in; the answer goes the same way back.
async fn way(auth: Auth, request: Request, endpoint: Route) -> Result<Response, Infallible> {
    let admitted = |request| admitted(auth, request, endpoint);
    Ok(told(request, admitted, fault_of_ours).await)
}

/// The endpoint's answer, if the request gets there.
async fn admitted(auth: Auth, request: Request, endpoint: Route) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(error) = limit_rate(&auth, &parts).await {
        return error.into_response();
    }
    // A router answers `HEAD` wherever it answers `GET`; Better Auth does not.
    if parts.method == Method::HEAD {
        return StatusCode::NOT_FOUND.into_response();
    }
    features::around(&auth, Request::from_parts(parts, body), endpoint).await
}

/// A router tells which methods a path has; a path that is none for this method has nothing to tell.
fn without_allow(mut response: Response) -> Response {
    if response.status() == StatusCode::NOT_FOUND {
        response.headers_mut().remove(ALLOW);
    }
    response
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

fn fault_of_ours() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
