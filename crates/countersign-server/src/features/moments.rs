//! The moments around every endpoint: a session that is presented, and one whose cookie is set.

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
    routing::Route,
};
use http::{HeaderMap, HeaderName, HeaderValue, header::ACCESS_CONTROL_EXPOSE_HEADERS};
use tower::Service;

use crate::{
    Auth,
    cookies::{RequestCookies, SetSession},
};

/// Runs an endpoint with its features' moments around it.
pub(crate) async fn around(auth: &Auth, mut request: Request, mut endpoint: Route) -> Response {
    let headers = request.headers();
    let mut features = auth.features().iter();
    let presented = features.find_map(|feature| feature.present_session(auth, headers));
    let presented = presented.map(|token| {
        (auth.cookie_names().session_token.as_str(), auth.cookie_signer().sign(&token))
    });
    let cookies = RequestCookies::of(headers, presented);
    request.extensions_mut().insert(cookies.clone());
    let Ok(mut answer) = endpoint.call(request).await;
    if let Some(SetSession(session)) = answer.extensions_mut().remove::<SetSession>() {
        for feature in auth.features() {
            if let Err(error) = feature.session_set(auth, &cookies, &session, &mut answer).await {
                return error.into_response();
            }
        }
    }
    answer
}

/// Adds a header, and lets pages of other origins read it beside those they may read already.
pub(super) fn expose(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let lines = headers.get_all(ACCESS_CONTROL_EXPOSE_HEADERS).iter();
    let known = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    let mut exposed: Vec<_> = known.map(str::trim).filter(|known| !known.is_empty()).collect();
    if !exposed.contains(&name.as_str()) {
        exposed.push(name.as_str());
    }
    if let Ok(exposed) = HeaderValue::from_str(&exposed.join(", ")) {
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    headers.insert(name, value);
}
