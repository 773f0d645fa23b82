//! Errors as problem documents (RFC 9457). Nothing internal is in them.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[schema(rename = "type")]
    #[serde(rename = "type")]
    kind: &'static str,
    /// The phrase of the status.
    title: &'static str,
    /// The status.
    status: u16,
    /// What happened and what to do, for people.
    detail: String,
    /// A stable word for programs.
    code: &'static str,
    /// The fields that are wrong, when that is the problem.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The field's name.
    pub(crate) field: String,
    /// What is wrong, for people.
    pub(crate) message: String,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: &str) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.to_owned(),
            code,
            errors: Vec::new(),
        }
    }

    /// The request is not of the form it should be: JSON, a parameter.
    pub(crate) fn malformed(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_request", detail)
    }

    /// A parameter of the query is not of its form.
    pub(crate) fn bad_parameter(name: &str, message: &str) -> Self {
        let errors = vec![FieldError { field: name.to_owned(), message: message.to_owned() }];
        let detail = format!("The parameter `{name}` is not valid: {message}.");
        Self { errors, ..Self::malformed(&detail) }
    }

    pub(crate) fn unsupported_media_type() -> Self {
        let detail = "The body has to be JSON, with Content-Type: application/json.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    pub(crate) fn unsupported_coding() -> Self {
        let detail = "The body has to be sent as it is, without Content-Encoding.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    pub(crate) fn too_large() -> Self {
        let detail = "The body is larger than 64 KiB.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    pub(crate) fn internal() -> Self {
        let detail = "Something went wrong on our side.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub(crate) fn too_slow() -> Self {
        let detail = "The body did not arrive in time.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail)
    }

    /// Fields that are of their form and have values they may not have.
    pub(crate) fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let names: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        let detail = format!("These fields are not valid: {}.", names.join(", "));
        Self { errors, ..Self::new(status, "invalid_fields", &detail) }
    }

    /// The one answer for a task that does not exist, is somebody else's, or has no proper id.
    pub(crate) fn no_such_task() -> Self {
        Self::not_found("Task not found.")
    }

    pub(crate) fn not_found(detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub(crate) fn method_not_allowed() -> Self {
        let detail = "This address has other methods; see /openapi.json.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, code = error.code(), "a statement failed");
        if error.is_unavailable() {
            let detail = "The tasks cannot be reached now. Please try again.";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        }
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
