//! What an extractor answers when it lets nobody in.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header::CONTENT_TYPE};

use crate::{refusal::problem, refused::Refused};

/// Why an extractor did not extract. As a response: a problem document (RFC 9457), see
/// [`Refusal`](crate::Refusal).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The guard refuses.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// `Owner` stands in a handler whose route has no `{user_id}`: a mistake of the service, answered
    /// with 500 and never with somebody's data.
    #[error("the route has no parameter {{user_id}}")]
    NoUserIdInRoute,
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refused) => {
                (refused.status(), refused.headers(), refused.body()).into_response()
            }
            Self::NoUserIdInRoute => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let body = problem(status, "The service is set up wrongly.", "misrouted", None);
                (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response()
            }
        }
    }
}
