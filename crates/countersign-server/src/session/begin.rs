//! A new session and its cookies.

use countersign_store::sessions::Session;
use jiff::SignedDuration;

use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::Client,
    entropy::random_id,
};

/// How long a session lives that is not to be remembered.
const NOT_REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A session that begins now; not stored yet.
pub(crate) fn begin(auth: &Auth, user_id: &str, remembered: bool, client: &Client) -> Session {
    let now = auth.now();
    let life = if remembered { auth.settings().session.expires_in } else { NOT_REMEMBERED };
    Session {
        id: random_id(auth.entropy()),
        expires_at: now + life,
        token: random_id(auth.entropy()),
        created_at: now,
        updated_at: now,
        ip_address: Some(client.address.clone()),
        user_agent: Some(client.user_agent.clone()),
        user_id: user_id.to_owned(),
    }
}

/// The cookies of a session that begins or is extended.
pub(crate) fn remember(
    auth: &Auth,
    session: &Session,
    remembered: bool,
    request: &RequestCookies,
) -> SetCookies {
    let (names, signer) = (auth.cookie_names(), auth.cookie_signer());
    let mut cookies = SetCookies::default();
    let life = remembered.then_some(auth.settings().session.expires_in);
    cookies.belong_to(session);
    cookies.set(names, &names.session_token, &signer.sign(&session.token), life);
    if !remembered {
        cookies.set(names, &names.dont_remember, &signer.sign("true"), None);
    } else if request.signed(&names.dont_remember, signer).is_some() {
        cookies.expire(names, &names.dont_remember);
    }
    cookies
}

/// The cookies of a session once more, remembered or not as the request's cookies say.
pub(crate) fn remember_again(
    auth: &Auth,
    session: &Session,
    request: &RequestCookies,
) -> SetCookies {
    let names = auth.cookie_names();
    let remembered = request.signed(&names.dont_remember, auth.cookie_signer()).is_none();
    remember(auth, session, remembered, request)
}
