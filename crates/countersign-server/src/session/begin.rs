//! A new session and its cookies.

use countersign_store::{AdditionalColumns, sessions::Session, users::User};
use jiff::SignedDuration;

use super::Admitted;
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::Client,
    entropy::random_id,
    wire::ApiError,
};

/// How long a session lives that is not to be remembered.
const NOT_REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A session that begins now; not stored yet.
pub(crate) fn begin(
    auth: &Auth,
    admitted: &Admitted,
    remembered: bool,
    client: &Client,
) -> Session {
    let now = auth.now();
    let settings = &auth.settings().session;
    let life = if remembered { settings.expires_in } else { NOT_REMEMBERED };
    Session {
        id: auth.new_id("session"),
        expires_at: settings.end(now, now + life),
        token: random_id(auth.entropy()),
        created_at: now,
        updated_at: now,
        ip_address: Some(client.address.clone()),
        user_agent: Some(client.user_agent.clone()),
        user_id: admitted.user().id.clone(),
        // As Better Auth makes it: where sessions have no rows, there is nothing to be NULL.
        additional: if auth.sessions().have_rows() {
            auth.database().session_additional_columns()
        } else {
            AdditionalColumns::default()
        },
    }
}

/// The cookies of a session that begins.
pub(crate) fn remember(
    auth: &Auth,
    session: &Session,
    user: &User,
    remembered: bool,
    request: &RequestCookies,
) -> Result<SetCookies, ApiError> {
    let (names, signer) = (auth.cookie_names(), auth.cookie_signer());
    let mut cookies = SetCookies::answering(request, names);
    set_session_token(auth, &mut cookies, session, remembered);
    if !remembered {
        cookies.set(names, &names.dont_remember, &signer.sign("true"), None);
    } else if request.signed(&names.dont_remember, signer).is_some() {
        cookies.expire(names, &names.dont_remember);
    }
    set_session_data(auth, &mut cookies, session, user, remembered)?;
    Ok(cookies)
}

/// The cookies of a session that is extended; only one that is to be remembered is.
pub(super) fn extend(
    auth: &Auth,
    cookies: &mut SetCookies,
    session: &Session,
    user: &User,
) -> Result<(), ApiError> {
    set_session_token(auth, cookies, session, true);
    set_session_data(auth, cookies, session, user, true)
}

/// The cookie that remembers the session, where there is one.
pub(super) fn set_session_data(
    auth: &Auth,
    cookies: &mut SetCookies,
    session: &Session,
    user: &User,
    remembered: bool,
) -> Result<(), ApiError> {
    let Some(cache) = auth.session_cache() else { return Ok(()) };
    let (value, life) = cache.write(session, user, remembered, auth.now(), auth.entropy())?;
    cookies.set_session_data(auth.cookie_names(), &value, life);
    Ok(())
}

fn set_session_token(auth: &Auth, cookies: &mut SetCookies, session: &Session, remembered: bool) {
    let (names, signer) = (auth.cookie_names(), auth.cookie_signer());
    let life = remembered.then_some(auth.settings().session.expires_in);
    cookies.belong_to(session);
    cookies.set(names, &names.session_token, &signer.sign(&session.token), life);
}

/// The cookies of a session once more, remembered or not as the request's cookies say.
pub(crate) fn remember_again(
    auth: &Auth,
    session: &Session,
    user: &User,
    request: &RequestCookies,
) -> Result<SetCookies, ApiError> {
    let names = auth.cookie_names();
    let remembered = request.signed(&names.dont_remember, auth.cookie_signer()).is_none();
    remember(auth, session, user, remembered, request)
}
