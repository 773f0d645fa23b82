//! Codes and refresh tokens become tokens at the provider's token endpoint (RFC 6749 §4.1.3, §6).

use base64ct::{Base64, Encoding};
use form_urlencoded::Serializer;
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    apple,
    calls::{CallError, Calls},
    provider::Provider,
};
use crate::settings::social::ProviderKind;

/// What a provider gave. Credentials, hence no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Tokens {
    pub(crate) access_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<String>,
    pub(crate) access_token_expires_at: Option<Timestamp>,
    pub(crate) refresh_token_expires_at: Option<Timestamp>,
    /// What they are good for, as far as the provider says so.
    pub(crate) scopes: Vec<String>,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoTokens {
    #[error("the token endpoint: {0}")]
    Call(#[from] CallError),
    #[error("the answer of the token endpoint holds no tokens")]
    NotTokens,
    #[error("the client secret could not be signed")]
    ClientSecret(#[from] countersign_jwt::SignError),
}

impl Provider {
    /// Redeems a code.
    pub(crate) async fn redeem(
        &self,
        calls: &Calls,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Tokens, NoTokens> {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code)];
        if self.uses_pkce() {
            form.push(("code_verifier", verifier));
        }
        form.push(("redirect_uri", redirect_uri));
        let answer = self.ask(calls, form, now).await?;
        // GitHub refuses with a 200.
        if answer.get("error").is_some() && self.settings.kind == ProviderKind::GitHub {
            return Err(NoTokens::NotTokens);
        }
        read(&answer, now)
    }

    /// New tokens for a refresh token.
    pub(crate) async fn refresh(
        &self,
        calls: &Calls,
        refresh_token: &str,
        now: Timestamp,
    ) -> Result<Tokens, NoTokens> {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let mut scopes = self.usual_scopes();
        scopes.extend(self.settings.scopes.iter().cloned());
        let scopes = scopes.join(" ");
        if self.definition.scopes_at_refresh {
            form.push(("scope", &scopes));
        }
        let tokens = read(&self.ask(calls, form, now).await?, now)?;
        if tokens.access_token.is_none() {
            return Err(NoTokens::NotTokens);
        }
        Ok(tokens)
    }

    async fn ask(
        &self,
        calls: &Calls,
        mut form: Vec<(&str, &str)>,
        now: Timestamp,
    ) -> Result<Value, NoTokens> {
        let signed = match &self.settings.apple_key {
            Some(key) => Some(Zeroizing::new(apple::client_secret(key, self.client_id(), now)?)),
            None => None,
        };
        let set = self.settings.client_secret.as_ref();
        let secret = match &signed {
            Some(signed) => Some(signed.as_str()),
            None => set.and_then(|secret| str::from_utf8(secret.expose()).ok()),
        };
        let mut authorization = None;
        match secret {
            Some(secret) if self.settings.basic_auth => {
                authorization = basic(self.client_id(), secret);
            }
            secret => {
                form.push(("client_id", self.client_id()));
                form.extend(secret.map(|secret| ("client_secret", secret)));
            }
        }
        let form = Serializer::new(String::new()).extend_pairs(form).finish();
        Ok(calls.post_form(&self.addresses.token, form, authorization).await?)
    }
}

/// `Basic`, both parts encoded as in forms before (RFC 6749 §2.3.1).
fn basic(client_id: &str, secret: &str) -> Option<HeaderValue> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret)));
    let mut value =
        HeaderValue::from_str(&format!("Basic {}", Base64::encode_string(pair.as_bytes()))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn read(answer: &Value, now: Timestamp) -> Result<Tokens, NoTokens> {
    let members = answer.as_object().ok_or(NoTokens::NotTokens)?;
    let text = |name: &str| {
        let text = members.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Ok(Tokens {
        access_token: text("access_token"),
        refresh_token: text("refresh_token"),
        id_token: text("id_token"),
        access_token_expires_at: members.get("expires_in").and_then(|span| after(span, now)),
        refresh_token_expires_at: members
            .get("refresh_token_expires_in")
            .and_then(|span| after(span, now)),
        scopes: members.get("scope").map(scopes).unwrap_or_default(),
    })
}

/// A number of seconds from now; some providers send it as text.
fn after(span: &Value, now: Timestamp) -> Option<Timestamp> {
    let seconds = match span {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let span = SignedDuration::try_from_secs_f64(seconds).ok().filter(|span| !span.is_zero())?;
    now.checked_add(span).ok()
}

/// Divided by space (RFC 6749 §3.3), or already a list.
fn scopes(scope: &Value) -> Vec<String> {
    let texts: Vec<&str> = match scope {
        Value::String(text) => text.split_whitespace().collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::trim).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}
