//! A sign-in on its way: what is remembered between the request and the provider's callback.
//!
//! It lies with the [verifications](crate::verifications) under `auth-state:<state>`, as the JSON that Better Auth writes; the browser has
//! the state in a signed cookie, so that nobody can make another person's browser finish a sign-in they began
//! (RFC 9700 §4.7). A flow names its provider, and only that provider's callback may finish it (§4.4). It counts for
//! ten minutes and once: the one who spends it goes on.

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_store::verifications::Verification;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::provider::Provider;
use crate::{
    Auth, Entropy,
    cookies::{RequestCookies, SetCookies},
    wire::ApiError,
};

const LIFE: SignedDuration = SignedDuration::from_mins(10);
const COOKIE_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// What a request says of the flow it begins.
#[derive(Default)]
pub(crate) struct NewFlow {
    pub(crate) callback_url: Option<String>,
    pub(crate) error_url: Option<String>,
    pub(crate) new_user_url: Option<String>,
    pub(crate) request_sign_up: Option<bool>,
    /// Whatever the application wants to find again.
    pub(crate) more: Map<String, Value>,
    pub(crate) link: Option<Link>,
}

/// A flow that was begun.
pub(crate) struct Begun {
    pub(crate) state: String,
    pub(crate) verifier: String,
    pub(crate) nonce: Option<String>,
    pub(crate) cookies: SetCookies,
}

/// A flow that came back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Flow {
    #[serde(rename = "callbackURL")]
    pub(crate) callback_url: String,
    pub(crate) code_verifier: String,
    #[serde(rename = "errorURL")]
    pub(crate) error_url: Option<String>,
    #[serde(rename = "newUserURL")]
    pub(crate) new_user_url: Option<String>,
    pub(crate) link: Option<Link>,
    server_context: Option<ServerContext>,
    expires_at: i64,
    #[serde(default)]
    pub(crate) request_sign_up: bool,
    pub(crate) id_token_nonce: Option<String>,
    oauth_state: Option<String>,
}

/// Whose account it will be, and the session that asked for it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Link {
    pub(crate) user_id: String,
    pub(crate) email: String,
    /// Sealed.
    pub(crate) encrypted_session_token: Option<String>,
}

#[derive(Deserialize)]
struct ServerContext {
    provider: Option<String>,
}

/// Why a callback finishes no flow: the code for the error page, and the flow's own error page if it is known.
pub(crate) struct FlowRefused {
    pub(crate) code: &'static str,
    pub(crate) error_url: Option<String>,
}

/// Stores a flow to this provider.
pub(crate) async fn begin_flow(
    auth: &Auth,
    provider: &Provider,
    new: NewFlow,
) -> Result<Begun, ApiError> {
    let (state, verifier) = (random_text(auth.entropy(), 24), random_text(auth.entropy(), 96));
    let nonce = provider.binds_nonce().then(|| random_text(auth.entropy(), 24));
    let now = auth.now();
    let callback_url = new.callback_url.filter(|url| !url.is_empty());
    let callback_url = callback_url.unwrap_or(auth.settings().base_url.origin().to_owned());
    let members = [
        ("callbackURL", Some(callback_url.into())),
        ("codeVerifier", Some(verifier.as_str().into())),
        ("errorURL", new.error_url.map(Value::from)),
        ("newUserURL", new.new_user_url.map(Value::from)),
        ("link", new.link.map(|link| link.to_json())),
        ("serverContext", Some(json!({ "provider": provider.id() }))),
        ("expiresAt", Some((now + LIFE).as_millisecond().into())),
        ("requestSignUp", new.request_sign_up.map(Value::from)),
        ("idTokenNonce", nonce.as_deref().map(Value::from)),
        ("oauthState", Some(state.as_str().into())),
    ];
    let mut value = new.more;
    for (name, member) in members {
        match member {
            Some(member) => drop(value.insert(name.to_owned(), member)),
            // What the application sent along under this name must not pass for ours.
            None => drop(value.shift_remove(name)),
        }
    }
    let row = Verification {
        id: auth.new_id("verification"),
        identifier: identifier(&state),
        value: Value::Object(value).to_string(),
        expires_at: now + LIFE,
        created_at: now,
        updated_at: now,
    };
    auth.verifications().insert(&row).await?;
    let names = auth.cookie_names();
    let mut cookies = SetCookies::default();
    let signed = auth.cookie_signer().sign(&state);
    cookies.set(names, &names.state, &signed, Some(COOKIE_LIFE));
    Ok(Begun { state, verifier, nonce, cookies })
}

/// Takes the flow of this state, for this provider's callback. The cookie is to be taken back when that was done.
pub(crate) async fn take_flow(
    auth: &Auth,
    provider_id: &str,
    state: &str,
    request: &RequestCookies,
) -> Result<Result<Flow, FlowRefused>, ApiError> {
    let refused = |code, error_url| Ok(Err(FlowRefused { code, error_url }));
    let now = auth.now();
    let Some(row) = auth.verifications().find_live(&identifier(state), now).await? else {
        return refused("state_mismatch", None);
    };
    let Ok(flow) = serde_json::from_str::<Flow>(&row.value) else {
        return refused("internal_server_error", None);
    };
    let cookie = request.signed(&auth.cookie_names().state, auth.cookie_signer());
    let is_of_browser = cookie.as_deref() == Some(state);
    let is_of_state = flow.oauth_state.as_deref().is_none_or(|own| own == state);
    let is_of_provider = flow.server_context.as_ref().and_then(|own| own.provider.as_deref());
    let is_of_provider = is_of_provider.is_none_or(|own| own == provider_id);
    if !is_of_browser || !is_of_state || !is_of_provider {
        return refused("state_mismatch", flow.error_url);
    }
    let was_ours = auth.verifications().spend(&row).await?;
    if !was_ours || flow.expires_at < now.as_millisecond() {
        return refused("state_mismatch", flow.error_url);
    }
    Ok(Ok(flow))
}

impl Link {
    fn to_json(&self) -> Value {
        let mut json = json!({ "userId": self.user_id, "email": self.email });
        if let Some(token) = &self.encrypted_session_token {
            json["encryptedSessionToken"] = token.as_str().into();
        }
        json
    }
}

fn identifier(state: &str) -> String {
    format!("auth-state:{state}")
}

/// Letters, digits, `-` and `_`, four for every three bytes.
fn random_text(entropy: &dyn Entropy, bytes: usize) -> String {
    let mut random = vec![0; bytes];
    entropy.fill(&mut random);
    Base64UrlUnpadded::encode_string(&random)
}
