//! Better Auth's plugin `open-api`: what this server answers, as OpenAPI 3.1 describes it.
//!
//! * `GET /open-api/generate-schema`: the description.
//! * `GET /reference`: the same as a page for people, unless `open_api.page` is off. The page is
//!   Swagger UI, and all of it is in this binary: it needs no other server, and its policy lets it
//!   reach none.
//!
//! Described are the core's endpoints and those of the features that are on, in Better Auth's words:
//! each folder says of its own what is in its `openapi.json`.

mod document;
mod page;

use axum::{Router, extract::State, routing::get};

use super::Feature;
use crate::{
    Auth,
    settings::OpenApiSettings,
    wire::{ApiError, Reply},
};

const DOCUMENT_PATH: &str = "/open-api/generate-schema";

/// The plugin.
pub(super) struct OpenApi {
    page: bool,
}

impl OpenApi {
    pub(super) fn new(settings: OpenApiSettings) -> Self {
        Self { page: settings.page }
    }
}

impl Feature for OpenApi {
    fn id(&self) -> &'static str {
        "open-api"
    }

    fn routes(&self) -> Router<Auth> {
        let routes = Router::new().route(DOCUMENT_PATH, get(describe));
        if self.page { routes.merge(page::routes()) } else { routes }
    }
}

async fn describe(State(auth): State<Auth>) -> Result<Reply, ApiError> {
    Reply::json(&document::of(&auth)?)
}
