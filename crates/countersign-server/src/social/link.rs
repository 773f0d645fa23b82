//! A signed-in user gets a further account.
//!
//! The session that asked for it has to be alive when the provider sends the browser back: who lost the session in
//! between does not get the account. The provider has to have verified the address (or is trusted), and it has to be
//! the user's unless the settings say otherwise. An account that is somebody else's stays theirs.

use aws_lc_rs::digest;
use countersign_store::{
    IdKind, StoreError, Transaction,
    linked_accounts::{self, Account, ProviderTokens},
    users,
};

use super::{Identity, flow::Link, provider::Provider};
use crate::{Auth, session::find_by_token, wire::ApiError};

/// How often a user is looked for whose row stands for all.
const TRIES: usize = 16;

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
    let found =
        linked_accounts::find_of_key(auth.database(), new.provider.id(), new.account_id).await?;
    if found.iter().any(|account| account.user_id != user_id) {
        return Ok(Err(LinkRefused::OtherUser));
    }
    let Some(existing) = found.first() else {
        let account = Account {
            id: row_id(auth, new.provider.id(), new.account_id),
            account_id: new.account_id.to_owned(),
            provider_id: new.provider.id().to_owned(),
            user_id: user_id.to_owned(),
            tokens: new.tokens,
            scope: new.scopes.map(|scopes| scopes.join(",")),
            created_at: now,
            updated_at: now,
        };
        let is_users = add(auth, &account).await?;
        return Ok(if is_users { Ok(()) } else { Err(LinkRefused::OtherUser) });
    };
    let mut transaction = auth.database().begin().await?;
    let update = linked_accounts::update_tokens(&existing.id, &new.tokens, now);
    transaction.execute(&update).await?;
    let merged = merged(existing.scope.as_deref(), new.scopes.unwrap_or_default());
    if new.scopes.is_some() && !merged.is_empty() {
        let update = linked_accounts::update_scope(&existing.id, &merged, now);
        transaction.execute(&update).await?;
    }
    transaction.commit().await?;
    Ok(Ok(()))
}

/// Adds an account that nobody had a moment ago. `false`: by now somebody else has it.
///
/// Of several who add one account at once, whoever writes its row first gets it, on every database.
pub(super) async fn add(auth: &Auth, account: &Account) -> Result<bool, StoreError> {
    let mut transaction = auth.database().begin().await?;
    match add_in(auth, &mut transaction, account).await {
        Ok(()) => return transaction.commit().await.map(|()| true),
        Err(error) if error.is_duplicate() => drop(transaction),
        Err(error) => return Err(error),
    }
    let (provider, id) = (&account.provider_id, &account.account_id);
    let found = linked_accounts::find_of_key(auth.database(), provider, id).await?;
    Ok(!found.is_empty() && found.iter().all(|found| found.user_id == account.user_id))
}

/// Adds an account in a transaction; a duplicate where somebody has it.
///
/// All of several write the same [`row_id`], and the primary key decides. Where the database counts ids, they wait
/// for each other and look.
pub(super) async fn add_in(
    auth: &Auth,
    transaction: &mut Transaction,
    account: &Account,
) -> Result<(), StoreError> {
    if auth.database().id_kind("account").is_counted() {
        lock_for_all(transaction).await?;
        let (provider, id) = (&account.provider_id, &account.account_id);
        if !linked_accounts::find_of_key_in(transaction, provider, id).await?.is_empty() {
            return Err(StoreError::Duplicate { column: "account.accountId".to_owned() });
        }
    }
    transaction.execute(&linked_accounts::insert(account)).await.map(|_| ())
}

/// Whoever else asks for it waits until the transaction ends.
async fn lock_for_all(transaction: &mut Transaction) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        if transaction.fetch_optional(&users::lock_first()).await?.is_some() {
            return Ok(());
        }
    }
    Err(StoreError::Unavailable("users were deleted one after the other".to_owned()))
}

/// The id of an account's row: 32 hexadecimal digits, or a UUID, that follow from what the account is.
pub(super) fn row_id(auth: &Auth, provider_id: &str, account_id: &str) -> String {
    let key = format!("{provider_id}\0{account_id}");
    let hash = digest::digest(&digest::SHA256, key.as_bytes());
    let bytes = hash.as_ref().first_chunk::<16>().copied().unwrap_or_default();
    match auth.database().id_kind("account") {
        IdKind::Uuid => uuid::Builder::from_random_bytes(bytes).into_uuid().to_string(),
        _ => hex::encode(bytes),
    }
}

async fn is_session_alive(auth: &Auth, link: &Link) -> Result<bool, ApiError> {
    let Some(sealed) = &link.encrypted_session_token else { return Ok(true) };
    let Ok(token) = auth.link_tokens().open(sealed) else { return Ok(false) };
    let found = find_by_token(auth, &token).await?;
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
