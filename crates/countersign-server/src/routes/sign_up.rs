//! `POST /sign-up/email`: a new user with a password, signed in at once.
//!
//! Answers `{"token", "user"}` and the session's cookies. The user, the password account and the
//! session are one transaction. An address that is taken is a 422; it is looked for after the
//! password was checked against the rules, as in Better Auth.

use axum::extract::State;
use countersign_store::{
    accounts::{self, CredentialAccount},
    sessions,
    users::{self, User},
};
use serde::Serialize;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Client, Posted},
    entropy::random_id,
    password::check_length,
    session::{begin, remember},
    wire::{ApiError, Body, BodyForms, Fields, Reply, UserBody, refusals},
};

pub(crate) struct SignUp {
    name: String,
    email: String,
    password: String,
    image: Option<String>,
    remember_me: bool,
}

impl Body for SignUp {
    const FORMS: BodyForms = BodyForms::FormOrJson;
    const SIGNS_IN: bool = true;

    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object", "record"]);
        let name = fields.text("name");
        let email = fields.email("email");
        let password = fields.non_empty_text("password");
        let image = fields.optional_text("image");
        // Where the mail that confirms the address leads; checked like every redirect.
        fields.optional_text("callbackURL");
        let remember_me = fields.optional_boolean("rememberMe").unwrap_or(true);
        Self { name, email, password, image, remember_me }
    }
}

#[derive(Serialize)]
struct SignedUp<'a> {
    token: &'a str,
    user: UserBody<'a>,
}

pub(crate) async fn sign_up(
    State(auth): State<Auth>,
    client: Client,
    cookies: RequestCookies,
    Posted(body): Posted<SignUp>,
) -> Result<Reply, ApiError> {
    check_length(&body.password, &auth.settings().password)?;
    let slot = auth.hashing().slot()?;
    if users::find_by_email(auth.database(), &body.email).await?.is_some() {
        return Err((&refusals::USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL).into());
    }
    let password_hash = slot.hash(&body.password, auth.entropy()).await?;

    let now = auth.now();
    let user = User {
        id: random_id(auth.entropy()),
        name: body.name,
        email: body.email.to_lowercase(),
        email_verified: false,
        image: body.image,
        created_at: now,
        updated_at: now,
    };
    let account = CredentialAccount {
        id: &random_id(auth.entropy()),
        user_id: &user.id,
        password_hash: &password_hash,
        created_at: now,
    };
    let session = begin(&auth, &user.id, body.remember_me, &client);

    let mut transaction = auth.database().begin().await?;
    if let Err(error) = transaction.execute(&users::insert(&user)).await {
        // Somebody else signed up with this address while we hashed.
        let taken = error.is_duplicate();
        let refused = || ApiError::from(&refusals::USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL);
        return Err(if taken { refused() } else { error.into() });
    }
    transaction.execute(&accounts::insert_credential(&account)).await?;
    transaction.execute(&sessions::insert(&session)).await?;
    transaction.commit().await?;

    let cookies = remember(&auth, &session, body.remember_me, &cookies);
    let body = SignedUp { token: &session.token, user: UserBody::from(&user) };
    Ok(Reply::json(&body)?.with_cookies(cookies))
}
