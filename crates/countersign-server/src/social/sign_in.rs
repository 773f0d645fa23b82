//! From a person at a provider to a user and a session.
//!
//! | Who is there already | What happens |
//! |---|---|
//! | a user with this account | signed in; the account gets the new tokens |
//! | a user with this address | gets the account, if linking is on, the provider verified the address (or is trusted) and so did we |
//! | nobody | a new user with the account, unless sign-up is off |
//!
//! Whose address is not proven in the end gets a mail that proves it, if the settings say so: somebody new as at any
//! sign-up, who was there already where a proven address is required and missing.
//!
//! Without the second row's conditions, whoever makes an account elsewhere with another's address, or signs up here
//! with it before its owner does, would share the user with them.

use countersign_store::{
    StoreError,
    linked_accounts::{self, Account, ProviderTokens},
    sessions::Session,
    users::{self, User},
};
use serde_json::Value;

use super::{
    Identity,
    link::{add, add_in, row_id},
    provider::Provider,
};
use crate::{
    Auth,
    edge::Client,
    email::proving_mail,
    mail::Mailer,
    session::{self, admit, begin},
    wire::ApiError,
};

/// Somebody whom a provider sent.
pub(crate) struct Arrival<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) identity: &'a Identity,
    pub(crate) account_id: &'a str,
    /// In lower case.
    pub(crate) email: &'a str,
    /// As they are stored.
    pub(crate) tokens: ProviderTokens,
    pub(crate) scope: Option<String>,
    /// Whether somebody new may come in.
    pub(crate) may_sign_up: bool,
    /// Where the mail leads that proves an address.
    pub(crate) callback_url: Option<&'a str>,
}

/// What became of it.
pub(crate) enum Outcome {
    SignedIn {
        session: Box<Session>,
        user: Box<User>,
        is_new: bool,
    },
    /// Better Auth's words.
    Refused(&'static str),
}

const NOT_LINKED: Outcome = Outcome::Refused("account not linked");
const CANNOT_LINK: Outcome = Outcome::Refused("unable to link account");

pub(crate) async fn sign_in(
    auth: &Auth,
    arrival: Arrival<'_>,
    client: &Client,
) -> Result<Outcome, ApiError> {
    // Before anybody is looked up: a full queue of mails loses nothing that was written.
    let must_be_proven = arrival.provider.settings.require_verified_email;
    let settings = &auth.settings().email_verification;
    let tells_new = settings.send_on_sign_up.unwrap_or(must_be_proven);
    let tells_known = settings.send_on_sign_in && must_be_proven;
    let mailer = auth.mailer().filter(|_| tells_new || tells_known);
    let place = mailer.map(Mailer::place).transpose()?;
    let provider = arrival.provider.id();
    let found = linked_accounts::find_of_key(auth.database(), provider, arrival.account_id);
    let mut accounts = found.await?;
    let account = accounts.pop();
    if !accounts.is_empty() {
        tracing::error!(provider, "two rows are the same account");
        return Ok(CANNOT_LINK);
    }
    let (user, is_new) = match account {
        Some(account) => match users::find_by_id(auth.database(), &account.user_id).await? {
            Some(user) => (returning(auth, &arrival, &account, user).await?, false),
            None => return Ok(CANNOT_LINK),
        },
        None => match users::find_by_email(auth.database(), arrival.email).await? {
            Some(user) if !may_link(auth, &arrival, &user) => return Ok(NOT_LINKED),
            Some(user) => match linked(auth, &arrival, user).await? {
                Some(user) => (user, false),
                None => return Ok(CANNOT_LINK),
            },
            None if !arrival.may_sign_up => return Ok(Outcome::Refused("signup disabled")),
            None => match new_user(auth, &arrival, unknown(auth, &arrival)?).await {
                Ok(user) => (user, true),
                // Somebody signed up with this address, or as this person, at the same moment.
                Err(error) if error.is_duplicate() => {
                    return Ok(Outcome::Refused("unable to create user"));
                }
                Err(error) => return Err(error.into()),
            },
        },
    };
    let is_told = !user.email_verified && if is_new { tells_new } else { tells_known };
    if let Some(place) = place.filter(|_| is_told) {
        place.send(proving_mail(auth, &user, arrival.callback_url)?);
    }
    if must_be_proven && !user.email_verified {
        return Ok(Outcome::Refused("email_not_verified"));
    }
    let admitted = admit(auth, &user).await?;
    let mut session = begin(auth, &admitted, true, client);
    // What is stored is the row, which the provider's word may have changed; it is shown from the next
    // sign-in on, as in Better Auth.
    let email_verified = user.email_verified || proves(&arrival, &user);
    let row = User { email_verified, ..admitted.user().clone() };
    session::insert(auth, &mut session, &row).await?;
    Ok(Outcome::SignedIn { session: Box::new(session), user: Box::new(user), is_new })
}

async fn returning(
    auth: &Auth,
    arrival: &Arrival<'_>,
    account: &Account,
    user: User,
) -> Result<User, ApiError> {
    let now = auth.now();
    let tokens = linked_accounts::update_tokens(&account.id, &arrival.tokens, now);
    auth.database().execute(&tokens).await?;
    if !user.email_verified && proves(arrival, &user) {
        auth.database().execute(&users::verify_email(&user, now)).await?;
        let verified = User { email_verified: true, updated_at: now, ..user.clone() };
        auth.sessions().user_changed(&verified, now).await?;
    }
    overwritten(auth, arrival, user).await
}

/// Whether the user of this address may get the account.
fn may_link(auth: &Auth, arrival: &Arrival<'_>, user: &User) -> bool {
    let is_believed = arrival.provider.settings.trusted || arrival.identity.email_verified();
    is_believed && user.email_verified && auth.settings().accounts.linking
}

/// The user with the account, unless somebody else got it at the same moment. Of two browsers that arrive
/// at once, the second finds the account linked.
async fn linked(auth: &Auth, arrival: &Arrival<'_>, user: User) -> Result<Option<User>, ApiError> {
    if !add(auth, &account(auth, arrival, &user)).await? {
        return Ok(None);
    }
    overwritten(auth, arrival, user).await.map(Some)
}

/// The row of somebody whom nobody here knows.
fn unknown(auth: &Auth, arrival: &Arrival<'_>) -> Result<User, ApiError> {
    let now = auth.now();
    let mut user = User {
        id: auth.new_id("user"),
        name: arrival.identity.name().to_owned(),
        email: arrival.email.to_owned(),
        email_verified: arrival.identity.email_verified(),
        image: arrival.identity.image(),
        created_at: now,
        updated_at: now,
        additional: auth.database().additional_columns(),
    };
    for feature in auth.features() {
        feature.fill_user(&Value::Null, &mut user)?;
    }
    Ok(user)
}

async fn new_user(auth: &Auth, arrival: &Arrival<'_>, mut user: User) -> Result<User, StoreError> {
    let mut transaction = auth.database().begin().await?;
    transaction.insert("user", &users::insert(&user), &mut user.id).await?;
    add_in(auth, &mut transaction, &account(auth, arrival, &user)).await?;
    transaction.commit().await?;
    Ok(user)
}

/// Whether the provider says that the user's address is theirs.
fn proves(arrival: &Arrival<'_>, user: &User) -> bool {
    arrival.identity.email_verified() && arrival.email == user.email
}

/// With `override_user_info`, the provider's word replaces ours.
async fn overwritten(auth: &Auth, arrival: &Arrival<'_>, user: User) -> Result<User, ApiError> {
    if !arrival.provider.settings.override_user_info {
        return Ok(user);
    }
    let identity = arrival.identity;
    let same_address = arrival.email == user.email;
    let user = User {
        name: identity.name().to_owned(),
        image: identity.image().or(user.image),
        email: arrival.email.to_owned(),
        email_verified: identity.email_verified() || same_address && user.email_verified,
        updated_at: auth.now(),
        ..user
    };
    auth.database().execute(&users::overwrite(&user)).await?;
    auth.sessions().user_changed(&user, user.updated_at).await?;
    Ok(user)
}

fn account(auth: &Auth, arrival: &Arrival<'_>, user: &User) -> Account {
    let now = auth.now();
    Account {
        id: row_id(auth, arrival.provider.id(), arrival.account_id),
        account_id: arrival.account_id.to_owned(),
        provider_id: arrival.provider.id().to_owned(),
        user_id: user.id.clone(),
        tokens: arrival.tokens.clone(),
        scope: arrival.scope.clone(),
        created_at: now,
        updated_at: now,
    }
}
