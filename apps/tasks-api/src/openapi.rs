//! The description of the API (OpenAPI 3.1), made from the operations.

use axum::Router;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document, Ref, RefOr, ResponseBuilder,
        content::ContentBuilder,
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{app::Tasks, operations, problem::Problem};

/// The errors every operation can answer, with problem documents.
const ERRORS: [(&str, &str); 7] = [
    ("400", "the request is not of its form"),
    ("401", "no token, or not a good one"),
    ("403", "another user's address, or a scope is missing"),
    ("404", "no such task"),
    ("415", "the body is not JSON"),
    ("422", "fields that are not valid, each named in `errors`"),
    ("503", "the token or the tasks cannot be looked at now"),
];

#[derive(OpenApi)]
#[openapi(
    info(title = "Tasks", description = "Everybody's own tasks, behind the guard."),
    components(schemas(Problem)),
    modifiers(&BearerToken)
)]
struct Description;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut Document) {
        let scheme = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
        let no_scopes: [&str; 0] = [];
        document.security = Some(vec![SecurityRequirement::new("token", no_scopes)]);
    }
}

/// The routes, and the document that describes them.
pub(crate) fn described(operations: OpenApiRouter<Tasks>) -> (Router<Tasks>, Document) {
    let (router, mut document) =
        OpenApiRouter::with_openapi(Description::openapi()).merge(operations).split_for_parts();
    for path in document.paths.paths.values_mut() {
        let operations =
            [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
        for operation in operations.into_iter().flatten() {
            for (status, meaning) in ERRORS {
                let schema = Ref::from_schema_name("Problem");
                let content = ContentBuilder::new().schema(Some(schema)).build();
                let response = ResponseBuilder::new()
                    .description(meaning)
                    .content("application/problem+json", content)
                    .build();
                operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
            }
        }
    }
    (router, document)
}

/// The document as JSON, as it is checked in.
pub fn document() -> String {
    let (_, document) = described(operations::router());
    // A document made of texts and numbers always serializes.
    document.to_pretty_json().unwrap_or_default()
}
