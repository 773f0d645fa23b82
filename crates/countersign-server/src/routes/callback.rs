//! `GET /callback/ID`: a provider sends the browser back, with a code or with an error.
//!
//! Every answer is a redirect: to where the flow leads, or with `?error=…` to the flow's error page, else to ours.
//! Providers that answer with a form post it here; it comes round again as a `GET`, since a browser sends its cookies
//! with that one only.

use axum::extract::{Path, RawQuery, State};
use countersign_store::{sessions::Session, users::User};
use serde_json::Value;
use url::{Url, form_urlencoded::Serializer};

use super::sign_in_social::callback_of;
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::{Client, Posted},
    session::remember,
    social::{
        Arrival, Flow, Identity, NewAccount, Outcome, Provider, Tokens, link_from_flow, sealed,
        sign_in, take_flow,
    },
    wire::{ApiError, Body, BodyForms, Fields, Query, Reply},
};

/// What a provider says.
#[derive(Default)]
pub(crate) struct Callback {
    code: Option<String>,
    error: Option<String>,
    device_id: Option<String>,
    error_description: Option<String>,
    state: Option<String>,
    user: Option<String>,
    iss: Option<String>,
}

impl Callback {
    fn read_members(fields: &mut Fields<'_>) -> Self {
        Self {
            code: fields.optional_text("code"),
            error: fields.optional_text("error"),
            device_id: fields.optional_text("device_id"),
            error_description: fields.optional_text("error_description"),
            state: fields.optional_text("state"),
            user: fields.optional_text("user"),
            iss: fields.optional_text("iss"),
        }
    }

    /// These members, and those of `other` where there are none.
    fn or(self, other: Self) -> Self {
        Self {
            code: self.code.or(other.code),
            error: self.error.or(other.error),
            device_id: self.device_id.or(other.device_id),
            error_description: self.error_description.or(other.error_description),
            state: self.state.or(other.state),
            user: self.user.or(other.user),
            iss: self.iss.or(other.iss),
        }
    }

    fn to_query(&self) -> String {
        let members = [
            ("code", &self.code),
            ("error", &self.error),
            ("device_id", &self.device_id),
            ("error_description", &self.error_description),
            ("state", &self.state),
            ("user", &self.user),
            ("iss", &self.iss),
        ];
        let given = members.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        Serializer::new(String::new()).extend_pairs(given).finish()
    }
}

impl Query for Callback {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self::read_members(fields)
    }
}

impl Body for Callback {
    const FORMS: BodyForms = BodyForms::FormOrJson;

    fn read(fields: &mut Fields<'_>) -> Self {
        fields.optional_object();
        Self::read_members(fields)
    }
}

pub(crate) async fn callback_posted(
    State(auth): State<Auth>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Posted(posted): Posted<Callback>,
) -> Result<Reply, ApiError> {
    let query = <Callback as Query>::parse(query.as_deref())?;
    let place = callback_of(&auth, &Serializer::new(String::new()).append_key_only(&id).finish());
    Reply::redirect(&format!("{place}?{}", query.or(posted).to_query()))
}

pub(crate) async fn callback(
    State(auth): State<Auth>,
    Path(id): Path<String>,
    client: Client,
    request: RequestCookies,
    RawQuery(query): RawQuery,
) -> Result<Reply, ApiError> {
    let said = <Callback as Query>::parse(query.as_deref())?;
    let Some(state) = said.state.as_deref().filter(|state| !state.is_empty()) else {
        return failed(&auth, None, "state_not_found", None);
    };
    let flow = match take_flow(&auth, &id, state, &request).await? {
        Ok(flow) => flow,
        Err(refused) => {
            tracing::warn!(provider = id, code = refused.code, "a callback without its flow");
            return failed(&auth, refused.error_url.as_deref(), refused.code, None);
        }
    };
    let names = auth.cookie_names();
    let mut cookies = SetCookies::default();
    cookies.expire(names, &names.state);
    let outcome = finish(&auth, &id, &said, &flow, &client).await.map_err(|error| {
        let mut cookies = SetCookies::default();
        cookies.expire(names, &names.state);
        error.with_cookies(cookies)
    })?;
    match outcome {
        Ok(Finished::Linked) => Ok(Reply::redirect(&flow.callback_url)?.with_cookies(cookies)),
        Ok(Finished::SignedIn { session, user, is_new }) => {
            let remembered = is_remembered(&auth, &request);
            cookies.append(remember(&auth, &session, &user, remembered, &request)?);
            let new_user_url = flow.new_user_url.as_deref().filter(|url| is_new && !url.is_empty());
            let place = new_user_url.unwrap_or(&flow.callback_url);
            Ok(Reply::redirect(place)?.with_cookies(cookies))
        }
        Err(Failed { code, description }) => {
            tracing::warn!(provider = id, code, "a sign-in at a provider failed");
            let page = flow.error_url.as_deref();
            Ok(failed(&auth, page, &code, description.as_deref())?.with_cookies(cookies))
        }
    }
}

enum Finished {
    Linked,
    SignedIn { session: Box<Session>, user: Box<User>, is_new: bool },
}

struct Failed {
    code: String,
    description: Option<String>,
}

impl From<&str> for Failed {
    fn from(code: &str) -> Self {
        Self { code: code.to_owned(), description: None }
    }
}

async fn finish(
    auth: &Auth,
    id: &str,
    said: &Callback,
    flow: &Flow,
    client: &Client,
) -> Result<Result<Finished, Failed>, ApiError> {
    if let Some(error) = said.error.as_ref().filter(|error| !error.is_empty()) {
        let description = said.error_description.clone().filter(|text| !text.is_empty());
        return Ok(Err(Failed { code: error.clone(), description }));
    }
    let Some(code) = said.code.as_deref().filter(|code| !code.is_empty()) else {
        return Ok(Err("no_code".into()));
    };
    let Some(provider) = auth.social().provider(id, auth.now()).await else {
        return Ok(Err("oauth_provider_not_found".into()));
    };
    let (tokens, identity) = match exchange(auth, &provider, said, flow, code).await {
        Ok(exchanged) => exchanged,
        Err(code) => return Ok(Err(code.into())),
    };
    let Some(account_id) = identity.account_id.as_deref() else {
        return Ok(Err("unable_to_get_user_info".into()));
    };
    if flow.callback_url.is_empty() {
        return Ok(Err("no_callback_url".into()));
    }
    let scopes = tokens.scopes.clone();
    let cannot = |error| ApiError::internal("a token could not be encrypted", &error);
    let tokens = sealed(auth, tokens).map_err(cannot)?;
    if let Some(link) = &flow.link {
        let new = NewAccount {
            provider: &provider,
            identity: &identity,
            account_id,
            tokens,
            scopes: Some(&scopes),
        };
        let linked = link_from_flow(auth, link, new).await?;
        return Ok(linked.map(|()| Finished::Linked).map_err(|refused| refused.code().into()));
    }
    let Some(email) = identity.email() else { return Ok(Err("email_not_found".into())) };
    let arrival = Arrival {
        provider: &provider,
        identity: &identity,
        account_id,
        email: &email,
        tokens,
        scope: Some(scopes.join(",")),
        may_sign_up: provider.lets_in(flow.request_sign_up),
        callback_url: Some(&flow.callback_url),
    };
    let outcome = match sign_in(auth, arrival, client).await {
        Ok(outcome) => outcome,
        Err(error) => {
            let Some((code, message)) = error.code_and_message() else { return Err(error) };
            let description = Some(message.to_owned());
            return Ok(Err(Failed { code: code.to_owned(), description }));
        }
    };
    Ok(match outcome {
        Outcome::SignedIn { session, user, is_new } => {
            Ok(Finished::SignedIn { session, user, is_new })
        }
        Outcome::Refused(reason) => Err(reason.replace(' ', "_").as_str().into()),
    })
}

/// From the code to tokens and a person.
async fn exchange(
    auth: &Auth,
    provider: &Provider,
    said: &Callback,
    flow: &Flow,
    code: &str,
) -> Result<(Tokens, Identity), &'static str> {
    if let Some(code) = provider.wrong_issuer(said.iss.as_deref()) {
        return Err(code);
    }
    let nonce = flow.id_token_nonce.as_deref();
    if provider.binds_nonce() && nonce.is_none() {
        return Err("nonce_binding_missing");
    }
    let (calls, now) = (auth.social().calls(), auth.now());
    let redirect_uri = callback_of(auth, provider.id());
    let redeemed = provider.redeem(calls, code, &flow.code_verifier, &redirect_uri, now).await;
    let tokens = redeemed.map_err(|error| {
        tracing::error!(provider = provider.id(), %error, "a code was not redeemed");
        "invalid_code"
    })?;
    let shown = said.user.as_deref().and_then(|user| serde_json::from_str::<Value>(user).ok());
    let identity = provider.identify(calls, &tokens, nonce, shown.as_ref(), now).await;
    Ok((tokens, identity.ok_or("unable_to_get_user_info")?))
}

/// A browser that was told to forget its session at its end stays one.
pub(super) fn is_remembered(auth: &Auth, request: &RequestCookies) -> bool {
    request.signed(&auth.cookie_names().dont_remember, auth.cookie_signer()).is_none()
}

/// To the error page, with the code.
fn failed(
    auth: &Auth,
    page: Option<&str>,
    code: &str,
    description: Option<&str>,
) -> Result<Reply, ApiError> {
    let base = &auth.settings().base_url;
    let ours = format!("{}{}/error", base.origin(), base.path());
    let mut query = Serializer::new(String::new());
    query.append_pair("error", code);
    if let Some(description) = description {
        query.append_pair("error_description", description);
    }
    let query = query.finish();
    let page = page.filter(|page| !page.is_empty()).unwrap_or(&ours);
    match with_query(page, &query).or_else(|| with_query(&ours, &query)) {
        Some(place) => Reply::redirect(&place),
        None => Err(ApiError::unavailable()),
    }
}

/// The page with more query; what stands there already stays.
fn with_query(page: &str, query: &str) -> Option<String> {
    let own = Url::parse("https://countersign.invalid").ok()?;
    let is_relative = page.starts_with('/');
    let mut url = if is_relative { own.join(page).ok()? } else { Url::parse(page).ok()? };
    if is_relative && url.origin() != own.origin() {
        return None;
    }
    let before = url.query().filter(|before| !before.is_empty());
    let query = match before {
        Some(before) if before.ends_with('&') => format!("{before}{query}"),
        Some(before) => format!("{before}&{query}"),
        None => query.to_owned(),
    };
    url.set_query(Some(&query));
    let whole = String::from(url);
    Some(if is_relative { whole["https://countersign.invalid".len()..].to_owned() } else { whole })
}
