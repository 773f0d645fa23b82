//! Who sends this request? Better Auth's `get-session`, which every signed-in endpoint runs.

use countersign_store::{
    sessions::{self, Session},
    users::User,
};

use super::begin::remember;
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    wire::{ApiError, refusals},
};

/// What became of looking for a session, and the cookies to set in any case.
pub(crate) struct Current {
    pub(crate) signed_in: Option<(Session, User)>,
    pub(crate) cookies: SetCookies,
}

/// Finds the session of the request's cookie; extends it when that is due, clears the cookies of
/// one that is over.
///
/// A cookie that we did not sign counts as none. A signed one whose session is gone is taken back.
pub(crate) async fn current(
    auth: &Auth,
    request: &RequestCookies,
    query: Option<&str>,
) -> Result<Current, ApiError> {
    let names = auth.cookie_names();
    let mut cookies = SetCookies::default();
    if request.has(&names.session_data) {
        // Left over from a server that cached sessions in a cookie; it would outlive the session.
        cookies.expire(names, &names.session_data);
    }
    let Some(token) = request.signed(&names.session_token, auth.cookie_signer()) else {
        return Ok(Current { signed_in: None, cookies });
    };

    let now = auth.now();
    let found = sessions::find_by_token(auth.database(), &token).await?;
    let is_over = found.as_ref().is_some_and(|(session, _)| session.expires_at < now);
    if is_over {
        auth.database().execute(&sessions::delete(&token)).await?;
    }
    let Some((session, user)) = found.filter(|_| !is_over) else {
        cookies.expire_session(names);
        return Ok(Current { signed_in: None, cookies });
    };

    let remembered = request.signed(&names.dont_remember, auth.cookie_signer()).is_none();
    if !remembered || !refresh_is_due(auth, &session) || is_given(query, "disableRefresh") {
        return Ok(Current { signed_in: Some((session, user)), cookies });
    }
    let session = Session {
        expires_at: now + auth.settings().session.expires_in,
        updated_at: now,
        ..session
    };
    let extend = sessions::extend(&token, session.expires_at, now);
    if auth.database().execute(&extend).await? == 0 {
        // Ended by somebody between our two statements.
        cookies.expire_session(names);
        return Err(ApiError::from(&refusals::FAILED_TO_GET_SESSION).with_cookies(cookies));
    }
    let cookies = remember(auth, &session, true, request);
    Ok(Current { signed_in: Some((session, user)), cookies })
}

fn refresh_is_due(auth: &Auth, session: &Session) -> bool {
    let settings = &auth.settings().session;
    session.expires_at - settings.expires_in + settings.update_age <= auth.now()
}

/// Whether the query has this member with any value but the empty one; `=false` is given, too:
/// Better Auth reads it as JavaScript does.
fn is_given(query: Option<&str>, name: &str) -> bool {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(other, value)| other == name && !value.is_empty())
}
