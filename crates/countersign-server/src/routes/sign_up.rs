//! `POST /sign-up/email`: a new user with a password, signed in at once unless the settings say
//! otherwise.
//!
//! Answers `{"token", "user"}` and the session's cookies. The user, the password account and the
//! session are one transaction; the mail that proves the address goes out after it. An address that
//! is taken is a 422; it is looked for after the password was checked against the rules, as in Better
//! Auth.
//!
//! Where only proven addresses can sign in, or a sign-up begins no session, it does not tell which
//! addresses are taken: then the answer is a user who was made up, after the same work.

use axum::extract::State;
use countersign_store::{
    accounts::{self, CredentialAccount},
    users::{self, User},
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Client, Posted},
    email::proving_mail,
    entropy::random_id,
    mail::Mailer,
    password::check_new,
    session::{Admitted, begin, remember, share},
    wire::{AboutUser, ApiError, Body, BodyForms, Fields, Reply, UserBody, refusals},
};

pub(crate) struct SignUp {
    name: String,
    email: String,
    password: String,
    image: Option<String>,
    callback_url: Option<String>,
    remember_me: bool,
    /// All of it, for what features read.
    posted: Value,
}

impl Body for SignUp {
    const FORMS: BodyForms = BodyForms::FormOrJson;
    const SIGNS_IN: bool = true;
    const ABOUT_USER: Option<AboutUser> = Some(AboutUser::SignUp);

    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object", "record"]);
        let name = fields.text("name");
        let email = fields.email("email");
        let password = fields.non_empty_text("password");
        let image = fields.optional_text("image");
        // Where the mail that proves the address leads; checked like every redirect.
        let callback_url = fields.optional_text("callbackURL");
        let remember_me = fields.optional_boolean("rememberMe").unwrap_or(true);
        let posted = fields.all();
        Self { name, email, password, image, callback_url, remember_me, posted }
    }
}

#[derive(Serialize)]
struct SignedUp<'a> {
    token: Option<&'a str>,
    user: UserBody<'a>,
}

pub(crate) async fn sign_up(
    State(auth): State<Auth>,
    client: Client,
    cookies: RequestCookies,
    Posted(body): Posted<SignUp>,
) -> Result<Reply, ApiError> {
    let settings = auth.settings().email_password;
    if !settings.enabled || settings.disable_sign_up {
        return Err((&refusals::EMAIL_PASSWORD_SIGN_UP_DISABLED).into());
    }
    check_new(&body.password, &auth.settings().password)?;
    for feature in auth.features() {
        feature.sign_up_posted(&body.posted)?;
    }
    let sends = auth.settings().email_verification.send_on_sign_up;
    let mailer = auth.mailer().filter(|_| sends.unwrap_or(settings.require_email_verification));
    let place = mailer.map(Mailer::place).transpose()?;
    let slot = auth.hashing().slot()?;
    let hidden = settings.hides_taken_addresses();
    let owner = users::find_by_email(auth.database(), &body.email).await?;
    if owner.is_some() && !hidden {
        return Err((&refusals::USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL).into());
    }
    let password_hash = slot.hash(&body.password, auth.entropy()).await?;

    let now = auth.now();
    let mut user = User {
        id: auth.new_id("user"),
        name: body.name,
        email: body.email.to_lowercase(),
        email_verified: false,
        image: body.image,
        created_at: now,
        updated_at: now,
        additional: auth.database().additional_columns(),
    };
    for feature in auth.features() {
        feature.fill_user(&body.posted, &mut user)?;
    }
    if let Some(owner) = owner {
        auth.database().execute(&users::rewrite(&owner)).await?;
        return made_up(&auth, user).await;
    }

    let mut transaction = auth.database().begin().await?;
    match transaction.insert("user", &users::insert(&user), &mut user.id).await {
        // Somebody else signed up with this address, or took what a feature wants unique, while we
        // hashed.
        Err(error) if error.is_duplicate_of("email") && hidden => {
            drop(transaction);
            return made_up(&auth, user).await;
        }
        Err(error) if error.is_duplicate_of("email") => {
            return Err((&refusals::USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL).into());
        }
        Err(error) if error.is_duplicate() => return Err((&refusals::FAILED_TO_CREATE_USER).into()),
        inserted => inserted?,
    }
    let account = CredentialAccount {
        id: &auth.new_id("account"),
        user_id: &user.id,
        password_hash: &password_hash,
        created_at: now,
    };
    transaction.execute(&accounts::insert_credential(&account)).await?;
    let admitted = Admitted::new_user(&user);
    let mut session = (!hidden).then(|| begin(&auth, &admitted, body.remember_me, &client));
    if let Some(session) = &mut session {
        auth.sessions().insert_row(&mut transaction, session).await?;
    }
    transaction.commit().await?;

    if let Some(place) = place {
        place.send(proving_mail(&auth, &user, body.callback_url.as_deref())?);
    }
    let Some(session) = session else { return not_signed_in(&user) };
    share(&auth, &session, &user).await?;
    let cookies = remember(&auth, &session, &user, body.remember_me, &cookies)?;
    let body = SignedUp { token: Some(&session.token), user: UserBody::from(&user) };
    Ok(Reply::json(&body)?.with_cookies(cookies))
}

/// The answer for an address that is taken. An id that the database would have counted is asked for
/// with a row that is taken back.
async fn made_up(auth: &Auth, mut user: User) -> Result<Reply, ApiError> {
    if auth.database().id_kind("user").is_counted() {
        let email = format!("{}@invalid", random_id(auth.entropy()));
        let additional = auth.database().additional_columns();
        let stand_in = User { email, additional, ..user.clone() };
        let mut transaction = auth.database().begin().await?;
        transaction.insert("user", &users::insert(&stand_in), &mut user.id).await?;
    }
    not_signed_in(&user)
}

fn not_signed_in(user: &User) -> Result<Reply, ApiError> {
    Reply::json(&SignedUp { token: None, user: UserBody::from(user) })
}
