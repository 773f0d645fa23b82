//! What the log calls a request.

use axum::extract::{MatchedPath, Request};
use hyper::header::HeaderName;

/// The header with a request's name, from whoever asks or made here, in both directions.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The most bytes of a path that the log shows.
const LONGEST_PATH: usize = 256;

/// Method, path and name of a request. Not the query: queries carry tokens. Of a route with a
/// `{token}` in its path, the route: it carries one, too.
pub(crate) fn request_span(request: &Request) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let with_token = route.filter(|route| route.contains("{token}"));
    let path = with_token.unwrap_or_else(|| request.uri().path());
    let path = &path[..path.floor_char_boundary(LONGEST_PATH)];
    tracing::info_span!("request", id, method = %request.method(), path)
}
