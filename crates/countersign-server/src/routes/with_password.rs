//! Signing in with a password: what an address and a username have in common.
//!
//! Nobody there, a user without a password and a wrong password get one answer after one password
//! hash of work, so that nobody learns who has an account. So does a right password after too many
//! wrong ones. A hash that another system stored is replaced by one of ours once its password was
//! right. Where only proven addresses can sign in, another one is told so after its right password,
//! and mailed the link where the settings say so.

use countersign_store::{StoreError, accounts, users::User};
use http::{HeaderValue, header};
use serde::Serialize;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Attempt, Client},
    email::proving_mail,
    password::{HashingSlot, Verified},
    session::{admit, begin, insert, remember},
    wire::{ApiError, Refusal, Reply, UserBody, refusals},
};

/// Who asks, and for whom.
pub(crate) struct WithPassword<'a> {
    pub(crate) client: &'a Client,
    pub(crate) cookies: &'a RequestCookies,
    /// Taken before the user was looked for.
    pub(crate) slot: HashingSlot,
    pub(crate) user: Option<User>,
    pub(crate) attempt: Attempt,
    pub(crate) password: &'a str,
    pub(crate) remember_me: bool,
    pub(crate) callback_url: Option<&'a str>,
    /// The answer to whoever cannot sign in.
    pub(crate) wrong: &'static Refusal,
}

#[derive(Serialize)]
struct SignedIn<'a> {
    redirect: bool,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    user: UserBody<'a>,
}

pub(crate) async fn sign_in_with_password(
    auth: &Auth,
    asked: WithPassword<'_>,
) -> Result<Reply, ApiError> {
    let WithPassword { client, cookies, remember_me, callback_url: url, .. } = asked;
    let user = who_has_password(auth, asked).await?;
    let admitted = admit(auth, &user).await?;
    let mut session = begin(auth, &admitted, remember_me, client);
    insert(auth, &mut session, admitted.user()).await?;

    let cookies = remember(auth, &session, &user, remember_me, cookies)?;
    let followed = url.filter(|url| !url.is_empty());
    let reply = Reply::json(&SignedIn {
        redirect: followed.is_some(),
        token: &session.token,
        url,
        user: UserBody::from(&user),
    })?;
    let reply = reply.with_cookies(cookies);
    Ok(match followed.and_then(|url| HeaderValue::from_str(url).ok()) {
        Some(url) => reply.with_header(header::LOCATION, url),
        None => reply,
    })
}

/// The user, if the password is right and may be used to sign in.
pub(crate) async fn who_has_password(
    auth: &Auth,
    asked: WithPassword<'_>,
) -> Result<User, ApiError> {
    let WithPassword { slot, user, attempt, password, .. } = asked;
    let stored = match &user {
        Some(user) => accounts::password_of(auth.database(), &user.id).await?,
        None => None,
    };
    let verified = slot.verify_and_renew(password, stored.as_deref(), auth.entropy()).await?;
    let is_right = !matches!(verified, Verified::Wrong);
    let Some(user) = user.filter(|_| is_right && attempt.is_allowed()) else {
        return Err(asked.wrong.into());
    };
    attempt.succeeded(auth).await?;
    if let (Verified::RightToRenew(renewed), Some(stored)) = (&verified, &stored) {
        renew(auth, &user.id, stored, renewed).await;
    }
    if auth.settings().email_password.require_email_verification && !user.email_verified {
        let mailer = auth.mailer().filter(|_| auth.settings().email_verification.send_on_sign_in);
        if let Some(mailer) = mailer {
            mailer.place()?.send(proving_mail(auth, &user, asked.callback_url)?);
        }
        return Err((&refusals::EMAIL_NOT_VERIFIED).into());
    }
    Ok(user)
}

/// Stores the hash in our form where the other system's is still stored. The sign-in succeeded
/// and goes on when this does not: the next one tries again.
async fn renew(auth: &Auth, user_id: &str, stored: &str, renewed: &str) {
    match renew_with_features(auth, user_id, stored, renewed).await {
        Ok(false) => {}
        Ok(true) => {
            tracing::info!(user = user_id, "a password hash of another system was renewed");
        }
        Err(error) => {
            tracing::warn!(user = user_id, %error, "a password hash could not be renewed");
        }
    }
}

/// One transaction: nobody sees another hash than what is known of it. Whether it was still stored.
async fn renew_with_features(
    auth: &Auth,
    user_id: &str,
    stored: &str,
    renewed: &str,
) -> Result<bool, StoreError> {
    let mut transaction = auth.database().begin().await?;
    let replace = accounts::replace_password(user_id, stored, renewed, auth.now());
    if transaction.execute(&replace).await? == 0 {
        return Ok(false);
    }
    for feature in auth.features() {
        feature.password_renewed(&mut transaction, user_id, stored, renewed).await?;
    }
    transaction.commit().await?;
    Ok(true)
}
