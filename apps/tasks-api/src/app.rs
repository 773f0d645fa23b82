//! The way of a request: request id, log line, body limit, then the operation.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use countersign::{Clock, Guard};
use countersign_serve::told;
use countersign_store::Database;

use crate::{docs, openapi, operations, probes, problem::Problem};

/// The most bytes a body may have: a title and a description, escaped in the worst way, fit.
const BODY_LIMIT: usize = 64 * 1024;

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
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(way))
        .with_state(tasks)
}

async fn way(request: Request, next: Next) -> Response {
    told(request, |request| next.run(request), || Problem::internal().into_response()).await
}

async fn no_such_route() -> Response {
    Problem::not_found("There is nothing at this address.").into_response()
}

async fn no_such_method() -> Response {
    Problem::method_not_allowed().into_response()
}
