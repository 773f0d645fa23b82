//! The endpoints at `/admin`. Each asks in Better Auth's order: a valid body, a session that was looked up, the right
//! to do it, and then whether there is such a user.

use axum::extract::State;
use countersign_store::{
    StoreError,
    users::{self, User},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::{
    audit,
    ban::Ban,
    bodies::{BanUser, OneSession, OneUser, SetRole},
    by_admin::ByAdmin,
    change,
    permission::may_act,
};
use crate::{
    Auth,
    cookies::SetCookies,
    session::{SignedIn, end, end_all, find_to_end},
    settings::AdminSettings,
    wire::{ApiError, Refusal, Reply, SessionBody, UserBody, refusals},
};

macro_rules! refusals {
    ($($name:ident: $status:ident, $message:literal;)*) => {$(
        static $name: Refusal = Refusal {
            status: StatusCode::$status,
            code: stringify!($name),
            message: $message,
        };
    )*};
}

refusals! {
    YOU_ARE_NOT_ALLOWED_TO_BAN_USERS: FORBIDDEN, "You are not allowed to ban users";
    YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE: FORBIDDEN, "You are not allowed to change users role";
    YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS: FORBIDDEN,
        "You are not allowed to list users sessions";
    YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS: FORBIDDEN,
        "You are not allowed to revoke users sessions";
    YOU_CANNOT_BAN_YOURSELF: BAD_REQUEST, "You cannot ban yourself";
}

#[derive(Serialize)]
struct Changed<'a> {
    user: UserBody<'a>,
}

#[derive(Serialize)]
struct Done {
    success: bool,
}

#[derive(Serialize)]
struct Listed {
    sessions: Vec<Value>,
}

pub(super) async fn ban_user(
    settings: AdminSettings,
    State(auth): State<Auth>,
    ByAdmin { body, by }: ByAdmin<BanUser>,
) -> Result<Reply, ApiError> {
    let banned = async {
        must_be_allowed(&settings, &by, &YOU_ARE_NOT_ALLOWED_TO_BAN_USERS)?;
        let user = known(&auth, &body.user_id).await?;
        if user.id == by.user.id {
            return Err((&YOU_CANNOT_BAN_YOURSELF).into());
        }
        let now = auth.now();
        let end = body.expires_in.map(|seconds| after(now, seconds)).transpose()?;
        let ban = Ban::wished(Some(&settings), body.reason, end, now);
        if !ban.fits(auth.database().dialect()) {
            return Err(too_far_away());
        }
        let user = change::ban(&auth, user, &ban, &by.user.id).await?;
        shown(&user.ok_or_else(no_such_user)?)
    };
    answer(banned.await, by.cookies)
}

pub(super) async fn unban_user(
    settings: AdminSettings,
    State(auth): State<Auth>,
    ByAdmin { body, by }: ByAdmin<OneUser>,
) -> Result<Reply, ApiError> {
    let let_in = async {
        must_be_allowed(&settings, &by, &YOU_ARE_NOT_ALLOWED_TO_BAN_USERS)?;
        let user = known(&auth, &body.user_id).await?;
        let user = change::unban(&auth, user, &by.user.id).await?;
        shown(&user.ok_or_else(no_such_user)?)
    };
    answer(let_in.await, by.cookies)
}

pub(super) async fn set_role(
    settings: AdminSettings,
    State(auth): State<Auth>,
    ByAdmin { body, by }: ByAdmin<SetRole>,
) -> Result<Reply, ApiError> {
    let changed = async {
        let refusal = &YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE;
        must_be_allowed(&settings, &by, refusal)?;
        let user = known(&auth, &body.user_id).await?;
        let user = change::set_role(&auth, user, body.role, &by.user.id).await?;
        shown(&user.ok_or_else(no_such_user)?)
    };
    answer(changed.await, by.cookies)
}

pub(super) async fn revoke_user_session(
    settings: AdminSettings,
    State(auth): State<Auth>,
    ByAdmin { body, by }: ByAdmin<OneSession>,
) -> Result<Reply, ApiError> {
    let ended = async {
        let refusal = &YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS;
        must_be_allowed(&settings, &by, refusal)?;
        if let Some(session) = find_to_end(&auth, &body.session_token).await? {
            let (user_id, by) = (&session.user_id, &by.user.id);
            audit::asked("user_session_revoked", user_id, by, &session.id);
        }
        end(&auth, &body.session_token).await?;
        Reply::json(&Done { success: true })
    };
    answer(ended.await, by.cookies)
}

pub(super) async fn revoke_user_sessions(
    settings: AdminSettings,
    State(auth): State<Auth>,
    ByAdmin { body, by }: ByAdmin<OneUser>,
) -> Result<Reply, ApiError> {
    let ended = async {
        let refusal = &YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS;
        must_be_allowed(&settings, &by, refusal)?;
        // Where sessions have rows, they are somebody's.
        if !auth.sessions().have_rows() || find(&auth, &body.user_id).await?.is_some() {
            audit::asked("user_sessions_revoked", &body.user_id, &by.user.id, "");
            end_all(&auth, &body.user_id).await?;
        }
        Reply::json(&Done { success: true })
    };
    answer(ended.await, by.cookies)
}

/// The sessions that are not over. Better Auth lists rows of others, too, where sessions are in the database only.
pub(super) async fn list_user_sessions(
    settings: AdminSettings,
    State(auth): State<Auth>,
    ByAdmin { body, by }: ByAdmin<OneUser>,
) -> Result<Reply, ApiError> {
    let listed = async {
        let refusal = &YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS;
        must_be_allowed(&settings, &by, refusal)?;
        let sessions = match find(&auth, &body.user_id).await? {
            Some(user) => {
                audit::asked("user_sessions_listed", &user.id, &by.user.id, "");
                auth.sessions().list(&user.id, auth.now()).await?
            }
            None => Vec::new(),
        };
        let order = auth.sessions().member_order();
        let shown = sessions.iter().map(|session| order.session(&SessionBody::from(session)));
        let sessions = shown.collect::<Result<_, _>>();
        let sessions = sessions.map_err(|error| {
            ApiError::internal("a session could not be written as JSON", &error)
        })?;
        Reply::json(&Listed { sessions })
    };
    answer(listed.await, by.cookies)
}

/// Refuses whoever has not the right to.
fn must_be_allowed(
    settings: &AdminSettings,
    by: &SignedIn,
    refusal: &'static Refusal,
) -> Result<(), ApiError> {
    if may_act(settings, &by.user) { Ok(()) } else { Err(refusal.into()) }
}

/// The user with this id; a text that no id here could be is none.
async fn find(auth: &Auth, id: &str) -> Result<Option<User>, ApiError> {
    match users::find_by_id(auth.database(), id).await {
        Err(StoreError::Refused(_)) => Ok(None),
        // MySQL's usual collations find an id in other letters, too.
        found => Ok(found?.filter(|user| user.id == id)),
    }
}

async fn known(auth: &Auth, id: &str) -> Result<User, ApiError> {
    find(auth, id).await?.ok_or_else(no_such_user)
}

fn no_such_user() -> ApiError {
    refusals::USER_NOT_FOUND.with_status(StatusCode::NOT_FOUND)
}

fn shown(user: &User) -> Result<Reply, ApiError> {
    Reply::json(&Changed { user: UserBody::from(user) })
}

fn answer(outcome: Result<Reply, ApiError>, cookies: SetCookies) -> Result<Reply, ApiError> {
    match outcome {
        Ok(reply) => Ok(reply.with_cookies(cookies)),
        Err(error) => Err(error.with_cookies(cookies)),
    }
}

/// When a ban is over that lasts for so many seconds, also fractions of one, or ended before it began.
fn after(now: Timestamp, seconds: f64) -> Result<Timestamp, ApiError> {
    let span = SignedDuration::try_from_secs_f64(seconds).ok();
    let end = span.and_then(|span| now.checked_add(span).ok());
    let end = end.and_then(|end| Timestamp::from_millisecond(end.as_millisecond()).ok());
    end.ok_or_else(too_far_away)
}

fn too_far_away() -> ApiError {
    ApiError::validation("[body.banExpiresIn] Invalid input: too far away".to_owned())
}
