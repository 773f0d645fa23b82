//! `GET /verify-email`: the link of a mail that proves an address, or changes one.
//!
//! | The token says | What happens |
//! |---|---|
//! | an address | it counts as proven from now on; again and again the same answer |
//! | a change, confirmed by the old address | the new address gets a mail |
//! | a change, proven by the new address | it takes the place of the old one |
//! | a change, without a word of how | the same at once, not proven, and the new address gets a mail |
//!
//! A change is bound to the user and the address it began with: the link is worth nothing any more
//! when the address is another one by now, and nothing in somebody else's browser. Without a
//! `callbackURL` answers are JSON; with one they are redirects, errors as `error=CODE`.

use axum::extract::{RawQuery, State};
use countersign_store::{
    sessions::Session,
    users::{self, User},
};
use serde::Serialize;

use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::{Asked, Client, LeadsOn},
    email::{EmailToken, RequestType, verification_mail, with_error},
    mail::MailKind,
    session::{self, Cache, Current, admit, begin, current, remember_again},
    wire::{ApiError, Fields, Query, Refusal, Reply, UserBody, refusals},
};

pub(crate) struct VerifyEmail {
    token: String,
    callback_url: Option<String>,
}

impl Query for VerifyEmail {
    fn read(fields: &mut Fields<'_>) -> Self {
        let token = fields.text("token");
        let callback_url = fields.optional_text("callbackURL").filter(|url| !url.is_empty());
        Self { token, callback_url }
    }
}

impl LeadsOn for VerifyEmail {
    fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }
}

#[derive(Serialize)]
struct Verified<'a> {
    status: bool,
    user: Option<UserBody<'a>>,
}

#[derive(Serialize)]
struct Confirmed {
    status: bool,
}

/// What became of a link.
enum Outcome {
    /// The address counts as proven.
    Proven,
    /// The new address was asked.
    Confirmed,
    /// The user has another address now.
    Changed(User),
    /// The link is worth nothing.
    Dead(&'static Refusal),
}

/// Whoever followed the link.
struct Visit {
    auth: Auth,
    client: Client,
    request: RequestCookies,
    query: Option<String>,
    callback_url: Option<String>,
    /// What their browser gets.
    cookies: SetCookies,
}

pub(crate) async fn verify_email(
    State(auth): State<Auth>,
    client: Client,
    request: RequestCookies,
    RawQuery(query): RawQuery,
    Asked(VerifyEmail { token, callback_url }): Asked<VerifyEmail>,
) -> Result<Reply, ApiError> {
    let read = auth.email_tokens().read(&token, auth.now());
    let cookies = SetCookies::default();
    let mut visit = Visit { auth, client, request, query, callback_url, cookies };
    let outcome = match read {
        Err(refusal) => Outcome::Dead(refusal),
        Ok(token) => match token.update_to.as_deref() {
            None | Some("") => visit.prove(&token).await?,
            Some(new_email) => visit.change(&token, new_email).await?,
        },
    };
    visit.answer(&outcome)
}

impl Visit {
    async fn prove(&mut self, token: &EmailToken) -> Result<Outcome, ApiError> {
        let database = self.auth.database();
        let Some(user) = users::find_by_email(database, &token.email).await? else {
            return Ok(Outcome::Dead(&refusals::USER_NOT_FOUND));
        };
        if token.user_id.as_ref().is_some_and(|id| *id != user.id) {
            return Ok(Outcome::Dead(&refusals::INVALID_TOKEN));
        }
        if user.email_verified {
            return Ok(Outcome::Proven);
        }
        if database.execute(&users::verify_email(&user, self.auth.now())).await? == 0 {
            // The address changed between our two statements.
            return Ok(Outcome::Dead(&refusals::INVALID_TOKEN));
        }
        let user = User { email_verified: true, updated_at: self.auth.now(), ..user };
        self.auth.sessions().user_changed(&user, user.updated_at).await?;
        if self.auth.settings().email_verification.auto_sign_in_after_verification {
            let session = match self.current().await? {
                Some((session, signed_in)) if signed_in.email == token.email => session,
                _ => self.begin(&user).await?,
            };
            self.keep(&session, &user)?;
        }
        Ok(Outcome::Proven)
    }

    async fn change(&mut self, token: &EmailToken, new_email: &str) -> Result<Outcome, ApiError> {
        let Some(id) = &token.user_id else {
            return Ok(Outcome::Dead(&refusals::INVALID_TOKEN));
        };
        let Some(user) = users::find_by_id(self.auth.database(), id).await? else {
            return Ok(Outcome::Dead(&refusals::USER_NOT_FOUND));
        };
        if user.email.to_lowercase() != token.email {
            return Ok(Outcome::Dead(&refusals::INVALID_TOKEN));
        }
        let signed_in = self.current().await?;
        if signed_in.as_ref().is_some_and(|(_, signed_in)| signed_in.id != user.id) {
            return Ok(Outcome::Dead(&refusals::INVALID_USER));
        }
        if token.request_type() == Some(RequestType::Confirmation) {
            self.ask_new_address(&user, new_email, |token| {
                token.changing_to(new_email, RequestType::Verification)
            })?;
            return Ok(Outcome::Confirmed);
        }
        let at_once = token.request_type().is_none();
        let changed = User {
            email: new_email.to_lowercase(),
            email_verified: user.email_verified && !at_once,
            updated_at: self.auth.now(),
            ..user.clone()
        };
        let update =
            users::change_email(&user, new_email, changed.email_verified, changed.updated_at);
        match self.auth.database().execute(&update).await {
            // Meanwhile the user has another address, or somebody else has this one.
            Ok(0) => return Ok(Outcome::Dead(&refusals::INVALID_TOKEN)),
            Err(error) if error.is_duplicate() => {
                return Ok(Outcome::Dead(&refusals::INVALID_TOKEN));
            }
            updated => _ = updated?,
        }
        self.auth.sessions().user_changed(&changed, self.auth.now()).await?;
        if at_once {
            self.ask_new_address(&changed, &changed.email, |token| token)?;
        }
        if let Some((session, _)) = signed_in {
            self.keep(&session, &changed)?;
        }
        Ok(Outcome::Changed(changed))
    }

    /// Mails the new address a token that begins as one for the address the user has.
    fn ask_new_address(
        &self,
        user: &User,
        to: &str,
        token: impl FnOnce(EmailToken) -> EmailToken,
    ) -> Result<(), ApiError> {
        let Some(mailer) = self.auth.mailer() else { return Ok(()) };
        let place = mailer.place()?;
        let life = self.auth.settings().email_verification.expires_in;
        let token = token(EmailToken::proves(&user.email, &user.id, self.auth.now(), life));
        let callback = self.callback_url.as_deref();
        let kind = MailKind::VerifyEmail;
        place.send(verification_mail(&self.auth, kind, user, to, &token, callback)?);
        Ok(())
    }

    async fn current(&mut self) -> Result<Option<(Session, User)>, ApiError> {
        let query = self.query.as_deref();
        let found = current(&self.auth, &self.request, query, Cache::Allowed).await?;
        let Current { signed_in, cookies, .. } = found;
        self.cookies.append(cookies);
        Ok(signed_in)
    }

    async fn begin(&self, user: &User) -> Result<Session, ApiError> {
        let admitted = admit(&self.auth, user).await?;
        let mut session = begin(&self.auth, &admitted, true, &self.client);
        session::insert(&self.auth, &mut session, admitted.user()).await?;
        Ok(session)
    }

    fn keep(&mut self, session: &Session, user: &User) -> Result<(), ApiError> {
        self.cookies.append(remember_again(&self.auth, session, user, &self.request)?);
        Ok(())
    }

    fn answer(self, outcome: &Outcome) -> Result<Reply, ApiError> {
        let reply = match (outcome, self.callback_url) {
            (Outcome::Dead(refusal), None) => {
                return Err(ApiError::from(*refusal).with_cookies(self.cookies));
            }
            (Outcome::Dead(refusal), Some(url)) => {
                let location = with_error(&url, refusal.code);
                Reply::redirect(&location.ok_or(&refusals::INVALID_CALLBACK_URL)?)?
            }
            (_, Some(url)) => Reply::redirect(&url)?,
            (Outcome::Proven, None) => Reply::json(&Verified { status: true, user: None })?,
            (Outcome::Confirmed, None) => Reply::json(&Confirmed { status: true })?,
            (Outcome::Changed(user), None) => {
                Reply::json(&Verified { status: true, user: Some(UserBody::from(user)) })?
            }
        };
        Ok(reply.with_cookies(self.cookies))
    }
}
