//! What `POST /sign-in/social` and `POST /link-social` are asked for.

use serde_json::{Map, Value, json};

use crate::{
    Auth,
    social::{Identity, NewFlow, Provider, RESERVED, Tokens, Wish, refusals},
    wire::{ApiError, Fields},
};

/// The members of both bodies.
pub(super) struct Begin {
    pub(super) provider: String,
    pub(super) disable_redirect: bool,
    pub(super) id_token: Option<IdTokenGiven>,
    pub(super) flow: NewFlow,
    pub(super) wish: Wish,
}

/// An ID token that the browser got from the provider.
pub(super) struct IdTokenGiven {
    token: String,
    nonce: Option<String>,
    access_token: Option<String>,
    refresh_token: Option<String>,
    /// What Apple told the browser.
    user: Option<Value>,
}

impl Begin {
    /// In the order in which Better Auth reads them, which is that of the faults in its answer.
    pub(super) fn read_sign_in(fields: &mut Fields<'_>) -> Self {
        let callback_url = fields.optional_text("callbackURL");
        let new_user_url = fields.optional_text("newUserCallbackURL");
        let error_url = fields.optional_text("errorCallbackURL");
        let provider = fields.text_of_some_form("provider");
        let disable_redirect = fields.optional_boolean("disableRedirect").unwrap_or(false);
        let id_token = fields.optional_nested("idToken", "body.idToken", |fields| {
            let given = IdTokenGiven::read(fields);
            fields.optional_number("expiresAt");
            IdTokenGiven { user: shown_user(fields), ..given }
        });
        let scopes = fields.optional_texts("scopes");
        let request_sign_up = fields.optional_boolean("requestSignUp");
        let wish = wish(fields, scopes);
        let more = fields.optional_map("additionalData");
        let flow =
            NewFlow { callback_url, error_url, new_user_url, request_sign_up, more, link: None };
        Self { provider, disable_redirect, id_token, flow, wish }
    }

    pub(super) fn read_link(fields: &mut Fields<'_>) -> Self {
        let callback_url = fields.optional_text("callbackURL");
        let provider = fields.text_of_some_form("provider");
        let id_token = fields.optional_nested("idToken", "body.idToken", IdTokenGiven::read);
        let request_sign_up = fields.optional_boolean("requestSignUp");
        let scopes = fields.optional_texts("scopes");
        let error_url = fields.optional_text("errorCallbackURL");
        let disable_redirect = fields.optional_boolean("disableRedirect").unwrap_or(false);
        let wish = wish(fields, scopes);
        let more = fields.optional_map("additionalData");
        let new_user_url = None;
        let flow =
            NewFlow { callback_url, error_url, new_user_url, request_sign_up, more, link: None };
        Self { provider, disable_redirect, id_token, flow, wish }
    }
}

fn wish(fields: &mut Fields<'_>, scopes: Vec<String>) -> Wish {
    let login_hint = fields.optional_text("loginHint");
    let more = fields.optional_text_map("additionalParams", |members: &Map<String, Value>| {
        let is_reserved = members.keys().any(|name| RESERVED.contains(&name.as_str()));
        let names = RESERVED.join(", ");
        is_reserved
            .then(|| format!("additionalParams cannot include reserved OAuth parameters: {names}"))
    });
    Wish { scopes, login_hint, more }
}

/// `{"name"?: {"firstName"?, "lastName"?}, "email"?}`.
fn shown_user(fields: &mut Fields<'_>) -> Option<Value> {
    fields.optional_nested("user", "body.idToken.user", |fields| {
        let name = fields.optional_nested("name", "body.idToken.user.name", |fields| {
            let first = fields.optional_text("firstName");
            json!({ "firstName": first, "lastName": fields.optional_text("lastName") })
        });
        fields.optional_text("email");
        json!({ "name": name })
    })
}

impl IdTokenGiven {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            token: fields.text("token"),
            nonce: fields.optional_text("nonce"),
            access_token: fields.optional_text("accessToken"),
            refresh_token: fields.optional_text("refreshToken"),
            user: None,
        }
    }

    /// Who the token is about: the person, the account's id and the address.
    pub(super) async fn identity(
        &self,
        auth: &Auth,
        provider: &Provider,
    ) -> Result<(Identity, String, String), ApiError> {
        if !provider.takes_id_tokens() {
            return Err((&refusals::ID_TOKEN_NOT_SUPPORTED).into());
        }
        let (calls, now) = (auth.social().calls(), auth.now());
        let nonce = self.nonce.as_deref();
        if provider.verified_claims(calls, &self.token, nonce, now).await.is_none() {
            return Err((&refusals::INVALID_TOKEN).into());
        }
        let tokens = Tokens { id_token: Some(self.token.clone()), ..Tokens::default() };
        let identity = provider.identify(calls, &tokens, nonce, self.user.as_ref(), now).await;
        let identity = identity.ok_or(&refusals::FAILED_TO_GET_USER_INFO)?;
        let email = identity.email().ok_or(&refusals::USER_EMAIL_NOT_FOUND)?;
        let account_id = identity.account_id.clone().ok_or(&refusals::FAILED_TO_GET_USER_INFO)?;
        Ok((identity, account_id, email))
    }

    pub(super) fn into_tokens(self) -> Tokens {
        Tokens {
            access_token: self.access_token,
            refresh_token: self.refresh_token,
            id_token: Some(self.token),
            ..Tokens::default()
        }
    }
}
