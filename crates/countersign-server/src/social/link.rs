//! A signed-in user gets a further account.
//!
//! The session that asked for it has to be alive when the provider sends the browser back: who lost the session in
//! between does not get the account. The provider has to have verified the address (or is trusted), and it has to be
//! the user's unless the settings say otherwise. An account that is somebody else's stays theirs.

use countersign_store::linked_accounts::{self, Account, ProviderTokens};

use super::{Identity, flow::Link, provider::Provider};
use crate::{Auth, wire::ApiError};

/// Why an account was not linked; [`code`](Self::code) is for the error page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkRefused {
    NotAllowed,
    OtherEmail,
    OtherUser,
}

impl LinkRefused {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "unable_to_link_account",
            Self::OtherEmail => "email_does_not_match",
            Self::OtherUser => "account_already_linked_to_different_user",
        }
    }
}

/// What is to be linked.
pub(crate) struct NewAccount<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) identity: &'a Identity,
    pub(crate) account_id: &'a str,
    /// As they are stored.
    pub(crate) tokens: ProviderTokens,
    /// `None` where nobody said.
    pub(crate) scopes: Option<&'a [String]>,
}

/// Whether this provider's word is enough for this user.
pub(crate) fn check(
    auth: &Auth,
    new: &NewAccount<'_>,
    user_email: &str,
) -> Result<(), LinkRefused> {
    let settings = &auth.settings().accounts;
    let is_believed = new.provider.settings.trusted || new.identity.email_verified();
    if !is_believed || !settings.linking {
        return Err(LinkRefused::NotAllowed);
    }
    let same_address = new.identity.email().is_some_and(|email| email == user_email.to_lowercase());
    if !same_address && !settings.link_other_emails {
        return Err(LinkRefused::OtherEmail);
    }
    Ok(())
}

/// Links what a flow brought.
pub(crate) async fn link_from_flow(
    auth: &Auth,
    link: &Link,
    new: NewAccount<'_>,
) -> Result<Result<(), LinkRefused>, ApiError> {
    if !is_session_alive(auth, link).await? {
        return Ok(Err(LinkRefused::NotAllowed));
    }
    if let Err(refused) = check(auth, &new, &link.email) {
        return Ok(Err(refused));
    }
    store(auth, &link.user_id, new).await
}

/// Adds the account, or gives it new tokens when it is the user's already.
pub(crate) async fn store(
    auth: &Auth,
    user_id: &str,
    new: NewAccount<'_>,
) -> Result<Result<(), LinkRefused>, ApiError> {
    let now = auth.now();
    // Of two users who link one account at once, the second finds it taken.
    let mut transaction = auth.database().begin().await?;
    let key = linked_accounts::select_of_key(new.provider.id(), new.account_id);
    let existing =
        transaction.fetch_optional(&key).await?.map(linked_accounts::read).transpose()?;
    match existing {
        Some(existing) if existing.user_id != user_id => return Ok(Err(LinkRefused::OtherUser)),
        Some(existing) => {
            let update = linked_accounts::update_tokens(&existing.id, &new.tokens, now);
            transaction.execute(&update).await?;
            if let Some(scopes) = new.scopes {
                let merged = merged(existing.scope.as_deref(), scopes);
                if !merged.is_empty() {
                    let update = linked_accounts::update_scope(&existing.id, &merged, now);
                    transaction.execute(&update).await?;
                }
            }
        }
        None => {
            let account = Account {
                id: auth.new_id("account"),
                account_id: new.account_id.to_owned(),
                provider_id: new.provider.id().to_owned(),
                user_id: user_id.to_owned(),
                tokens: new.tokens,
                scope: new.scopes.map(|scopes| scopes.join(",")),
                created_at: now,
                updated_at: now,
            };
            transaction.execute(&linked_accounts::insert(&account)).await?;
        }
    }
    transaction.commit().await?;
    Ok(Ok(()))
}

async fn is_session_alive(auth: &Auth, link: &Link) -> Result<bool, ApiError> {
    let Some(sealed) = &link.encrypted_session_token else { return Ok(true) };
    let Ok(token) = auth.link_tokens().open(sealed) else { return Ok(false) };
    let found = auth.sessions().find(&token).await?;
    Ok(found.is_some_and(|(session, _)| {
        session.user_id == link.user_id && session.expires_at > auth.now()
    }))
}

/// The scopes of both, each once.
fn merged(stored: Option<&str>, new: &[String]) -> String {
    let mut scopes: Vec<&str> = Vec::new();
    let stored = stored.unwrap_or_default().split(',');
    for scope in stored.chain(new.iter().map(String::as_str)).map(str::trim) {
        if !scope.is_empty() && !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes.join(",")
}
