//! A provider's own word on where it is: OpenID Connect Discovery 1.0 §4.
//!
//! The document names the issuer from whose address it was read (§4.3), or one provider could speak for another.
//! Plain `http` on this machine is only for a provider that is there, too.

use countersign_jwt::Algorithm;
use serde::Deserialize;
use url::Url;

use super::{
    calls::{CallError, Calls},
    provider::{Addresses, Provider},
};
use crate::settings::{
    ProviderSettings,
    social::{is_safe_address, is_this_machine},
};

const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// Why metadata cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum DiscoveryError {
    #[error("it cannot be read: {0}")]
    Call(#[from] CallError),
    #[error("it is no metadata")]
    NotMetadata(#[source] serde_json::Error),
    #[error("it is that of another issuer than the one whose address is configured")]
    OtherIssuer,
    #[error("{0} is not an https address")]
    Address(&'static str),
    #[error("it has no {0}")]
    Missing(&'static str),
}

#[derive(Deserialize)]
struct Document {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    jwks_uri: Option<String>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

pub(super) async fn discover(
    settings: &ProviderSettings,
    calls: &Calls,
) -> Result<Provider, DiscoveryError> {
    let place = settings.discovery_url.as_ref().ok_or(DiscoveryError::Missing("address"))?;
    let body = calls.get(place).await?;
    let addresses = read(settings, place, &body)?;
    Ok(Provider::new(settings.clone(), addresses))
}

fn read(
    settings: &ProviderSettings,
    place: &Url,
    body: &[u8],
) -> Result<Addresses, DiscoveryError> {
    let document: Document = serde_json::from_slice(body).map_err(DiscoveryError::NotMetadata)?;
    let named = document.issuer.as_deref().map(|issuer| issuer.trim_end_matches('/'));
    if let Some(issuer) = place.as_str().strip_suffix(WELL_KNOWN)
        && named != Some(issuer.trim_end_matches('/'))
    {
        return Err(DiscoveryError::OtherIssuer);
    }
    let address = |set: &Option<Url>, text: Option<String>, name| match (set, text) {
        (Some(url), _) => Ok(Some(url.clone())),
        (None, None) => Ok(None),
        (None, Some(text)) => {
            let url = Url::parse(&text).ok().filter(is_safe_address);
            let url = url.filter(|url| url.scheme() == "https" || is_this_machine(place));
            url.map(Some).ok_or(DiscoveryError::Address(name))
        }
    };
    let authorization = address(
        &settings.authorization_url,
        document.authorization_endpoint,
        "authorization_endpoint",
    )?;
    let token = address(&settings.token_url, document.token_endpoint, "token_endpoint")?;
    let algorithms = document.id_token_signing_alg_values_supported.iter();
    Ok(Addresses {
        authorization: authorization.ok_or(DiscoveryError::Missing("authorization_endpoint"))?,
        token: token.ok_or(DiscoveryError::Missing("token_endpoint"))?,
        userinfo: address(&settings.userinfo_url, document.userinfo_endpoint, "userinfo_endpoint")?,
        emails: None,
        jwks: address(&settings.jwks_url, document.jwks_uri, "jwks_uri")?
            .filter(|_| document.issuer.is_some()),
        issuer: document.issuer,
        names_itself: document.authorization_response_iss_parameter_supported,
        algorithms: algorithms
            .filter_map(|name| name.parse::<Algorithm>().ok())
            .filter(|algorithm| !algorithm.is_symmetric())
            .collect(),
    })
}
