//! The way of a request: request id, log line, body limit, then the operation.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::{HeaderValue, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
    routing::get,
};
use countersign::{Clock, Guard};
use countersign_serve::{REQUEST_ID, request_span};
use countersign_store::Database;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

use crate::{docs, openapi, operations, probes, problem::Problem};

/// The most bytes a body may have: a title and a description, escaped in the worst way, fit.
const BODY_LIMIT: usize = 64 * 1024;

/// Answers are one user's; nothing on the way keeps them.
const NOT_STORED: HeaderValue = HeaderValue::from_static("no-store");

/// What operations have at hand.
#[derive(Clone)]
pub struct Tasks {
    /// Who may come in.
    pub guard: Guard,
    /// Where the tasks are.
    pub database: Database,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl FromRef<Tasks> for Guard {
    fn from_ref(tasks: &Tasks) -> Self {
        tasks.guard.clone()
    }
}

/// Everything the service answers.
pub fn router(tasks: Tasks) -> Router {
    let (operations, document) = openapi::described(operations::router());
    Router::new()
        .merge(operations)
        .route("/livez", get(probes::livez))
        .route("/readyz", get(probes::readyz))
        .merge(docs::router(document))
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
                .layer(TraceLayer::new_for_http().make_span_with(request_span))
                .layer(PropagateRequestIdLayer::new(REQUEST_ID))
                .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, NOT_STORED))
                .layer(CatchPanicLayer::custom(fault_of_ours))
                .layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .with_state(tasks)
}

async fn no_such_route() -> Response {
    Problem::not_found("There is nothing at this address.").into_response()
}

async fn no_such_method() -> Response {
    Problem::method_not_allowed().into_response()
}

/// A handler panicked; what it said is in the log already.
fn fault_of_ours(_: Box<dyn Any + Send>) -> Response {
    Problem::internal().into_response()
}
