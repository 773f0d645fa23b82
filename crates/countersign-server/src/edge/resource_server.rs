//! Which service asks, where only services may: those of `resource_servers.credentials`, by HTTP Basic.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};

use crate::{
    Auth,
    wire::{ApiError, Refusal},
};

static INVALID_CLIENT: Refusal = Refusal {
    status: StatusCode::UNAUTHORIZED,
    code: "INVALID_CLIENT",
    message: "Show a resource server's credential by HTTP Basic",
};

/// A service without its credential.
pub(crate) struct Unknown;

impl IntoResponse for Unknown {
    fn into_response(self) -> Response {
        let mut response = ApiError::from(&INVALID_CLIENT).into_response();
        let challenge = HeaderValue::from_static("Basic realm=\"resource servers\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    }
}

/// The name of the resource server whose credential the request shows. A credential that is none is
/// refused, not overlooked.
pub(crate) fn resource_server<'a>(
    auth: &'a Auth,
    headers: &HeaderMap,
) -> Result<Option<&'a str>, Unknown> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    auth.settings().resource_servers.authenticate(headers).map(Some).ok_or(Unknown)
}

/// The resource server that shows itself; nobody else comes in.
pub(crate) struct ByResourceServer(pub(crate) String);

impl FromRequestParts<Auth> for ByResourceServer {
    type Rejection = Unknown;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Unknown> {
        match resource_server(auth, &parts.headers) {
            Ok(Some(name)) => Ok(Self(name.to_owned())),
            _ => Err(Unknown),
        }
    }
}
