//! `POST /link-social`: a further account for who is signed in; the way to the provider, or an ID token of it.

use axum::extract::State;
use countersign_store::linked_accounts;
use serde::Serialize;

use super::{
    sign_in_social::begin,
    social_wish::{Begin, IdTokenGiven},
};
use crate::{
    Auth,
    session::{PostedBy, SignedIn},
    social::{Link, LinkRefused, NewAccount, Provider, check_link, refusals, sealed, store_link},
    wire::{ApiError, Body, Fields, Reply},
};

pub(crate) struct LinkSocial(Begin);

impl Body for LinkSocial {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self(Begin::read_link(fields))
    }
}

#[derive(Serialize)]
struct Linked {
    url: &'static str,
    status: bool,
    redirect: bool,
}

pub(crate) async fn link_social(
    State(auth): State<Auth>,
    PostedBy { body: LinkSocial(mut body), by }: PostedBy<LinkSocial>,
) -> Result<Reply, ApiError> {
    let provider = auth.social().provider(&body.provider, auth.now()).await;
    let provider = provider.ok_or(&refusals::PROVIDER_NOT_FOUND)?;
    if let Some(given) = body.id_token {
        return with_id_token(&auth, &provider, given, by).await;
    }
    let sealed = auth.link_tokens().seal(&by.session.token, auth.entropy());
    let sealed =
        sealed.map_err(|error| ApiError::internal("a session could not be sealed", &error))?;
    body.flow.link = Some(Link {
        user_id: by.user.id,
        email: by.user.email,
        encrypted_session_token: Some(sealed),
    });
    begin(&auth, &provider, body).await
}

async fn with_id_token(
    auth: &Auth,
    provider: &Provider,
    given: IdTokenGiven,
    by: SignedIn,
) -> Result<Reply, ApiError> {
    let (identity, account_id, _) = given.identity(auth, provider).await?;
    let cannot = |error| ApiError::internal("a token could not be encrypted", &error);
    let tokens = sealed(auth, given.into_tokens()).map_err(cannot)?;
    let new =
        NewAccount { provider, identity: &identity, account_id: &account_id, tokens, scopes: None };
    let found = linked_accounts::find_of_key(auth.database(), provider.id(), &account_id).await?;
    let checked = if found.iter().any(|account| account.user_id != by.user.id) {
        Err(LinkRefused::OtherUser)
    } else if found.is_empty() {
        check_link(auth, &new, &by.user.email)
    } else {
        Ok(())
    };
    let stored = match checked {
        Ok(()) => store_link(auth, &by.user.id, new).await?,
        Err(refused) => Err(refused),
    };
    stored.map_err(|refused| match refused {
        LinkRefused::NotAllowed => &refusals::LINKING_NOT_ALLOWED,
        LinkRefused::OtherEmail => &refusals::LINKING_DIFFERENT_EMAILS_NOT_ALLOWED,
        LinkRefused::OtherUser => &refusals::SOCIAL_ACCOUNT_ALREADY_LINKED,
    })?;
    let body = Linked { url: "", status: true, redirect: false };
    Ok(Reply::json(&body)?.with_cookies(by.cookies))
}
