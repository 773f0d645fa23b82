//! The guard as axum extractors: a handler's arguments say who may call it.
//!
//! | Extractor | Lets in | Otherwise |
//! |---|---|---|
//! | [`User`] | the holder of a good token | 401 |
//! | `Option<User>` | also a request without credential, as `None` | 401 for a bad one |
//! | [`Owner`] | the user whose id stands in the path as `{user_id}` | 401, 403 |
//! | [`HasScope`] | a token with the scope | 401, 403 |
//! | [`HasRole`] | a token with the role | 401, 403 |
//! | [`HasAnyScope`], [`HasAllScopes`], [`HasAnyRole`], [`HasAllRoles`] | a token with one or all of several | 401, 403 |
//! | [`OneTime`] | a token that was not used on such a route before | 401, 503 |
//!
//! [`Routes`] says the same in a list, which can be read and checked as a whole.
//!
//! The state of the router must hold a [`Guard`] (`Guard: FromRef<S>`). The token is verified once per
//! request, however many extractors a handler has. Put them before the body: a request without a good
//! token is then refused before its body is read.

mod any_of;
mod has_role;
mod has_scope;
mod one_time;
mod owner;
mod rejection;
mod routes;
mod user;

use axum::extract::FromRef;
use http::request::Parts;

use self::owner::user_id_of;
pub use self::{
    any_of::{HasAllRoles, HasAllScopes, HasAnyRole, HasAnyScope, Roles, Scopes},
    has_role::HasRole,
    has_scope::HasScope,
    one_time::OneTime,
    owner::Owner,
    rejection::Rejection,
    routes::{Route, RouteError, RoutePolicy, Routes},
    user::User,
};
use crate::{guard::Guard, identity::Identity, refusal::Refusal};

/// The decision about this request, kept in its extensions for the next extractor. It counts only for
/// the guard that made it: another guard of the same service may have another policy.
#[derive(Clone)]
struct Admitted {
    guard: Guard,
    identity: Identity,
}

impl Admitted {
    fn refuse(&self, refusal: Refusal, request: &Parts) -> Rejection {
        self.guard.refuse(refusal, Some(&self.identity), request).into()
    }
}

/// The guard of the router and the identity it found.
async fn admit<S>(request: &mut Parts, state: &S) -> Result<Admitted, Rejection>
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    let guard = Guard::from_ref(state);
    if let Some(admitted) = request.extensions.get::<Admitted>()
        && admitted.guard.is(&guard)
    {
        return Ok(admitted.clone());
    }
    let identity = guard.admit(request).await?;
    let admitted = Admitted { guard, identity };
    request.extensions.insert(admitted.clone());
    Ok(admitted)
}
