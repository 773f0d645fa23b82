//! Who sends this request? Better Auth's `get-session`, which every signed-in endpoint runs.

use countersign_store::{
    sessions::Session,
    users::{self, User},
};
use jiff::Timestamp;

use super::{
    begin::{extend, set_session_data},
    cache::Cached,
};
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    wire::{ApiError, MemberOrder, refusals},
};

/// What became of looking for a session, and the cookies to set in any case.
pub(crate) struct Current {
    pub(crate) signed_in: Option<(Session, User)>,
    pub(crate) cookies: SetCookies,
    /// In which order Better Auth would show it.
    pub(crate) order: MemberOrder,
    /// With `session.defer_refresh`, for a `GET`: whether a `POST` would extend the session.
    pub(crate) needs_refresh: Option<bool>,
}

/// Who asks for the session of a request.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) request: &'a RequestCookies,
    pub(crate) query: Option<&'a str>,
    /// Whether the cookie that remembers sessions may answer.
    pub(crate) cache: Cache,
    /// Whether this is `POST /get-session`, which extends what a `GET` put off.
    pub(crate) by_post: bool,
}

/// Whether the cookie that remembers sessions may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cache {
    /// It may: for what a session that was just ended may still do.
    Allowed,
    /// The session is looked up, whatever the request says.
    Bypassed,
}

/// Finds the session of the request's cookie, for endpoints that do without one, too.
pub(crate) async fn current(
    auth: &Auth,
    request: &RequestCookies,
    query: Option<&str>,
    cache: Cache,
) -> Result<Current, ApiError> {
    find(auth, Asking { request, query, cache, by_post: false }).await
}

/// The session with this token and its user, unless a feature keeps them out. Sessions that are over may be found,
/// too.
pub(crate) async fn find_by_token(
    auth: &Auth,
    token: &str,
) -> Result<Option<(Session, User)>, ApiError> {
    let found = auth.sessions().find(token).await?;
    Ok(found.filter(|(_, user)| !is_kept_out(auth, user)))
}

/// Whether a feature keeps this user out, whatever their sessions say.
pub(crate) fn is_kept_out(auth: &Auth, user: &User) -> bool {
    auth.features().iter().any(|feature| feature.keeps_out(auth, user))
}

/// Whether there is a feature that keeps people out.
pub(crate) fn may_keep_out(auth: &Auth) -> bool {
    auth.features().iter().any(|feature| feature.keeps_people_out())
}

/// The user of a session as their row is now: a copy in Redis may be older. `None` when they are gone or kept out.
pub(crate) async fn user_of_now(auth: &Auth, user: User) -> Result<Option<User>, ApiError> {
    if auth.settings().redis.is_none() {
        return Ok(Some(user));
    }
    let found = users::find_by_id(auth.database(), &user.id).await?;
    Ok(found.filter(|user| !is_kept_out(auth, user)))
}

/// The live session of the request's cookie as it is stored, and its user. Writes nothing and sets no
/// cookie: for a look ahead of the endpoint's own.
pub(crate) async fn look(
    auth: &Auth,
    request: &RequestCookies,
) -> Result<Option<(Session, User)>, ApiError> {
    let name = &auth.cookie_names().session_token;
    let Some(token) = request.signed(name, auth.cookie_signer()) else { return Ok(None) };
    let found = find_by_token(auth, &token).await?;
    Ok(found.filter(|(session, _)| session.expires_at >= auth.now()))
}

/// Finds the session of the request's cookie; extends it when that is due, clears the cookies of
/// one that is over.
///
/// A cookie that we did not sign counts as none. A signed one whose session is gone is taken back.
pub(crate) async fn find(auth: &Auth, asking: Asking<'_>) -> Result<Current, ApiError> {
    let Asking { request, query, .. } = asking;
    let names = auth.cookie_names();
    let mut cookies = SetCookies::answering(request, names);
    if auth.session_cache().is_none() {
        // Left over from a server that cached sessions in a cookie; it would outlive the session.
        cookies.take_back_session_data(names);
    }
    let nobody = |cookies| Current {
        signed_in: None,
        cookies,
        order: MemberOrder::Row,
        needs_refresh: None,
    };
    let Some(token) = request.signed(&names.session_token, auth.cookie_signer()) else {
        return Ok(nobody(cookies));
    };

    let now = auth.now();
    let may_be_cached = asking.cache == Cache::Allowed && !is_given(query, "disableCookieCache");
    if let Some(cache) = auth.session_cache().filter(|_| may_be_cached) {
        match cache.read(request, names, &token, now) {
            Cached::Found(both) if !is_kept_out(auth, &both.1) => {
                let signed_in = Some(*both);
                let order = MemberOrder::Cookie;
                return Ok(Current { signed_in, cookies, order, needs_refresh: None });
            }
            Cached::Found(_) | Cached::Unusable => cookies.expire(names, &names.session_data),
            Cached::Absent => {}
        }
    }

    let settings = &auth.settings().session;
    let may_write = !settings.defer_refresh || asking.by_post;
    let found = find_by_token(auth, &token).await?;
    let is_over = found.as_ref().is_some_and(|(session, _)| session.expires_at < now);
    if is_over && may_write {
        auth.sessions().clear(&token, now).await?;
    }
    let Some((session, user)) = found.filter(|_| !is_over) else {
        cookies.expire_session(names);
        return Ok(nobody(cookies));
    };

    let order = auth.sessions().member_order();
    let remembered = request.signed(&names.dont_remember, auth.cookie_signer()).is_none();
    if !remembered || is_given(query, "disableRefresh") {
        let signed_in = Some((session, user));
        return Ok(Current { signed_in, cookies, order, needs_refresh: None });
    }
    let needs_refresh = !settings.disable_refresh && refresh_is_due(auth, &session);
    if !needs_refresh || !may_write {
        set_session_data(auth, &mut cookies, &session, &user, true)?;
        let signed_in = Some((session, user));
        let needs_refresh = (!may_write).then_some(needs_refresh);
        return Ok(Current { signed_in, cookies, order, needs_refresh });
    }
    let user = if may_keep_out(auth) { user_of_now(auth, user).await? } else { Some(user) };
    let Some(user) = user else {
        cookies.expire_session(names);
        return Ok(nobody(cookies));
    };
    let expires_at = settings.end(session.created_at, now + settings.expires_in);
    let session = Session { expires_at, updated_at: now, ..session };
    if !auth.sessions().extend(&session, &user).await? {
        // Ended by somebody between our two steps.
        cookies.expire_session(names);
        return Err(ApiError::from(&refusals::FAILED_TO_GET_SESSION).with_cookies(cookies));
    }
    extend(auth, &mut cookies, &session, &user)?;
    Ok(Current { signed_in: Some((session, user)), cookies, order, needs_refresh: None })
}

/// A session that is used otherwise than by its cookie: extended when that is due. `None` when somebody
/// ended it meanwhile.
pub(crate) async fn extend_used(
    auth: &Auth,
    session: Session,
    user: &User,
) -> Result<Option<Session>, ApiError> {
    let settings = &auth.settings().session;
    if settings.disable_refresh || !refresh_is_due(auth, &session) {
        return Ok(Some(session));
    }
    let now = auth.now();
    let expires_at = settings.end(session.created_at, now + settings.expires_in);
    let session = Session { expires_at, updated_at: now, ..session };
    Ok(auth.sessions().extend(&session, user).await?.then_some(session))
}

fn refresh_is_due(auth: &Auth, session: &Session) -> bool {
    let settings = &auth.settings().session;
    let is_old = session.expires_at - settings.expires_in + settings.update_age <= auth.now();
    is_old && session.expires_at < settings.end(session.created_at, Timestamp::MAX)
}

/// Whether the query has this member with any value but the empty one; `=false` is given, too:
/// Better Auth reads it as JavaScript does.
fn is_given(query: Option<&str>, name: &str) -> bool {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(other, value)| other == name && !value.is_empty())
}
