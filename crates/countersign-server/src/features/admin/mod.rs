//! Better Auth's plugin `admin`, as far as it ends something or changes rights: bans and roles.
//!
//! * No session begins for a banned user: `BANNED_USER`, and at a callback of an identity provider the error page. A
//!   ban whose time is over is taken away by the sign-in that finds it.
//! * A session of a banned user counts as none, whoever wrote the ban, as soon as the user's row is read. For a look
//!   at a session nothing more is read for that; for a token, and at `/admin`, the row is, also with Redis.
//! * Who signs up has `admin.default_role`, whatever they post; nobody changes these columns of their own.
//! * `POST /admin/ban-user`, `unban-user`, `set-role`, `revoke-user-session`, `revoke-user-sessions` and
//!   `list-user-sessions`, for administrators, where `admin.enabled` is true.
//!
//! A ban ends the user's sessions, and a ban and another role refuse every token that was issued to the user until
//! then, in the transaction that writes them.
//!
//! Better Auth's other endpoints of the plugin are not here. A session that one of them began for somebody else
//! (`impersonatedBy`) is a session of its user.
//!
//! | File | What is in it |
//! |---|---|
//! | `schema.rs`, `ban.rs` | the columns, and what they say |
//! | `permission.rs` | who may do what |
//! | `change.rs` | a ban or a role is written, with what follows from it |
//! | `routes.rs`, `bodies.rs`, `by_admin.rs` | the endpoints |
//! | `operator.rs` | what the command line does |
//! | `audit.rs` | what the audit log reads |

mod audit;
mod ban;
mod bodies;
mod by_admin;
mod change;
mod operator;
mod permission;
mod routes;
mod schema;

use axum::{Router, routing::post};
use countersign_store::{
    ColumnValue,
    schema::Table,
    sessions::Session,
    users::{self, ProfileChange, User},
};
use futures_util::{FutureExt, future::BoxFuture};
use http::StatusCode;
use serde_json::Value;

pub use self::operator::{UserChange, UserChanged, change_user};
pub(super) use self::schema::USER_MEMBERS;
use self::{
    ban::{Ban, is_over, lift, says_banned},
    schema::{BAN_EXPIRES, BAN_REASON, BANNED, IMPERSONATED_BY, TABLES},
};
use super::{Feature, role::ROLE};
use crate::{
    Auth,
    settings::{AdminSettings, Wish},
    wire::{ApiError, is_truthy},
};

/// How often a ban is read before it counts, whatever it says.
const TRIES: usize = 3;

/// The plugin.
#[derive(Clone)]
pub(super) struct Admin {
    settings: AdminSettings,
}

impl Admin {
    pub(super) fn new(settings: AdminSettings) -> Self {
        Self { settings }
    }

    /// Refuses somebody who is banned; takes away a ban whose time is over.
    async fn let_in(&self, auth: &Auth, user: &mut User) -> Result<(), ApiError> {
        let now = auth.now();
        for _ in 0..TRIES {
            // They may have been banned while a password was looked at, and a copy in Redis tells nothing of it.
            let Some(found) = users::find_by_id(auth.database(), &user.id).await? else {
                return Ok(());
            };
            *user = found;
            if !says_banned(user) {
                return Ok(());
            }
            if !is_over(user, now) {
                break;
            }
            if auth.database().execute(&lift(&user.id, now)).await? > 0 {
                *user = Ban::None.of(user.clone(), now);
                return auth.sessions().user_changed(user, now).await;
            }
            // Somebody else took it away, or set another one.
        }
        // Who wrote the ban may have broken off before Redis was told of it, or have known nothing of Redis.
        let ended = auth.sessions().end_all_shared(&user.id, now).await?;
        auth.sessions().forget_shared(ended, now).await;
        let message = self.settings.banned_user_message.clone();
        Err(ApiError::told(StatusCode::FORBIDDEN, Some("BANNED_USER"), message))
    }
}

/// Better Auth's answer to a member that nobody may post.
fn not_allowed(member: &str) -> ApiError {
    let message = format!("{member} is not allowed to be set");
    ApiError::told(StatusCode::BAD_REQUEST, Some("FIELD_NOT_ALLOWED"), message)
}

/// Refuses what was posted for one of these columns; what JavaScript takes for false is passed over.
fn refuse(posted: &Value, columns: &[&str]) -> Result<(), ApiError> {
    match columns.iter().find(|column| is_truthy(posted.get(column))) {
        Some(column) => Err(not_allowed(column)),
        None => Ok(()),
    }
}

impl Feature for Admin {
    fn id(&self) -> &'static str {
        "admin"
    }

    fn tables(&self) -> &'static [Table] {
        &TABLES
    }

    fn is_asked_for(&self) -> bool {
        self.settings.enabled == Wish::On
    }

    fn follows_plugin(&self) -> bool {
        self.settings.enabled == Wish::Auto
    }

    fn description(&self) -> &'static str {
        if self.is_asked_for() { include_str!("openapi.json") } else { "{}" }
    }

    fn routes(&self) -> Router<Auth> {
        // Better Auth may have roles of its own there, of which none may do all that `admin` may do here.
        if !self.is_asked_for() {
            return Router::new();
        }
        let [to_ban, to_unban, to_set, to_end, to_end_all, to_list] =
            [(); 6].map(|()| self.settings.clone());
        Router::new()
            .route("/admin/ban-user", post(move |auth, by| routes::ban_user(to_ban, auth, by)))
            .route(
                "/admin/unban-user",
                post(move |auth, by| routes::unban_user(to_unban, auth, by)),
            )
            .route("/admin/set-role", post(move |auth, by| routes::set_role(to_set, auth, by)))
            .route(
                "/admin/revoke-user-session",
                post(move |auth, by| routes::revoke_user_session(to_end, auth, by)),
            )
            .route(
                "/admin/revoke-user-sessions",
                post(move |auth, by| routes::revoke_user_sessions(to_end_all, auth, by)),
            )
            .route(
                "/admin/list-user-sessions",
                post(move |auth, by| routes::list_user_sessions(to_list, auth, by)),
            )
    }

    fn sign_up_posted(&self, posted: &Value) -> Result<(), ApiError> {
        // `banned` is what everybody begins with, whatever was posted.
        refuse(posted, &[ROLE.name(), BAN_REASON.name(), BAN_EXPIRES.name()])
    }

    fn fill_user(&self, _posted: &Value, user: &mut User) -> Result<(), ApiError> {
        ROLE.set(user, Some(self.settings.default_role.clone()));
        BANNED.set_value(user, Some(ColumnValue::Boolean(false)));
        Ok(())
    }

    fn change_user(&self, posted: &Value, _change: &mut ProfileChange) -> Result<(), ApiError> {
        refuse(posted, &USER_MEMBERS)
    }

    fn session_begins<'a>(
        &'a self,
        auth: &'a Auth,
        user: &'a mut User,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        self.let_in(auth, user).boxed()
    }

    fn keeps_people_out(&self) -> bool {
        true
    }

    fn keeps_out(&self, auth: &Auth, user: &User) -> bool {
        says_banned(user) && !is_over(user, auth.now())
    }

    fn session_posted(&self, posted: &Value) -> Result<(), ApiError> {
        refuse(posted, &[IMPERSONATED_BY])
    }

    fn is_listed(&self, session: &Session) -> bool {
        let by = session.additional.value(IMPERSONATED_BY);
        by.and_then(ColumnValue::as_text).is_none_or(str::is_empty)
    }
}
