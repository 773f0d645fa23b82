//! Routes with their access in one list, so that none can be forgotten.
//!
//! Every route is added with the access it demands, or as public. The demand is checked in front of the
//! handler, which may still take [`User`](super::User) or [`Owner`](super::Owner) to know who it is; the
//! token is verified once. [`Routes::list`] tells all of it, for start-up lines and tests, and
//! [`Routes::into_router`] fails with the route's name where the list cannot be right.
//!
//! ```
//! use axum::routing::get;
//! use countersign::{Access, axum::{Owner, Routes}};
//!
//! async fn tasks(owner: Owner) -> String {
//!     format!("the tasks of {}", owner.subject())
//! }
//!
//! let routes = Routes::<countersign::Guard>::new()
//!     .get("/api/{user_id}/tasks", Access::user().owner().scope("tasks:read"), tasks)
//!     .public("/livez", get(|| async { "ok" }));
//! let listed: Vec<_> = routes.list().map(|route| route.to_string()).collect();
//! assert_eq!(listed, ["GET /api/{user_id}/tasks: owner, scope tasks:read", "* /livez: public"]);
//! ```

use std::{fmt, sync::Arc};

use axum::{
    Router,
    extract::{FromRef, Request, State},
    handler::Handler,
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use http::Method;

use super::{Rejection, admit, user_id_of};
use crate::{access::Access, guard::Guard};

/// A list of routes and what each demands. `S` is the state of the router, which holds the guard.
pub struct Routes<S> {
    routes: Vec<Route>,
    handlers: Vec<MethodRouter<S>>,
}

/// One route of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The method; none where the route answers several.
    pub method: Option<Method>,
    /// The path as axum reads it, with `{parameters}`.
    pub path: String,
    /// Who may call.
    pub policy: RoutePolicy,
}

/// Who may call a route.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoutePolicy {
    /// Everybody.
    Public,
    /// Whoever meets the access.
    Guarded(Access),
    /// Nobody said. Such a list makes no router.
    Unclassified,
}

/// Why a list makes no router.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// Nobody said who may call.
    #[error("{route}: say who may call it: get, post … with an access, or public")]
    Unclassified {
        /// The method and the path.
        route: String,
    },
    /// The owner is demanded, and the path names no user.
    #[error("{route}: an owner is demanded, but the path has no {{user_id}}")]
    NoUserId {
        /// The method and the path.
        route: String,
    },
    /// The same path is there with other names for its parameters: axum would not take both.
    #[error("{route}: {other} is the same path with other names for its parameters")]
    OtherNames {
        /// The method and the path.
        route: String,
        /// The path that was there before.
        other: String,
    },
    /// The same method and path are there twice.
    #[error("{route}: it is there twice")]
    Twice {
        /// The method and the path.
        route: String,
    },
}

impl<S> Default for Routes<S> {
    fn default() -> Self {
        Self { routes: Vec::new(), handlers: Vec::new() }
    }
}

macro_rules! methods {
    ($($name:ident $method:ident),*) => {$(
        #[doc = concat!("Adds a route for `", stringify!($method), "`.")]
        #[must_use]
        pub fn $name<H, T>(self, path: &str, access: Access, handler: H) -> Self
        where
            H: Handler<T, S>,
            T: 'static,
        {
            let handler = on(MethodFilter::$method, handler);
            self.add(Some(Method::$method), path, RoutePolicy::Guarded(access), handler)
        }
    )*};
}

impl<S> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    Guard: FromRef<S>,
{
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

    /// Adds a path that everybody may call, with all methods of the handler.
    #[must_use]
    pub fn public(self, path: &str, handler: MethodRouter<S>) -> Self {
        self.add(None, path, RoutePolicy::Public, handler)
    }

    /// Adds a path of which nobody has said who may call it: such a list makes no router. For routes that
    /// come from elsewhere, so that they cannot slip in.
    #[must_use]
    pub fn unclassified(self, path: &str, handler: MethodRouter<S>) -> Self {
        self.add(None, path, RoutePolicy::Unclassified, handler)
    }

    fn add(
        mut self,
        method: Option<Method>,
        path: &str,
        policy: RoutePolicy,
        handler: MethodRouter<S>,
    ) -> Self {
        self.routes.push(Route { method, path: path.to_owned(), policy });
        self.handlers.push(handler);
        self
    }

    /// All routes in the order in which they were added.
    pub fn list(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }

    /// The router, when every route says who may call it and can tell.
    pub fn into_router(self, state: &S) -> Result<Router<S>, RouteError> {
        let mut router = Router::new();
        for (index, (route, handler)) in self.routes.iter().zip(self.handlers).enumerate() {
            route.check(&self.routes[..index])?;
            let handler = match &route.policy {
                RoutePolicy::Guarded(access) => {
                    let gate = Gate { state: state.clone(), access: Arc::new(access.clone()) };
                    handler.route_layer(from_fn_with_state(gate, pass::<S>))
                }
                _ => handler,
            };
            router = router.route(&route.path, handler);
        }
        Ok(router)
    }
}

impl Route {
    fn check(&self, before: &[Self]) -> Result<(), RouteError> {
        let route = self.name();
        let same = |other: &Self| {
            let methods_meet =
                other.method.is_none() || self.method.is_none() || other.method == self.method;
            other.path == self.path && methods_meet
        };
        let renamed =
            |other: &&Self| other.path != self.path && shape(&other.path) == shape(&self.path);
        if let Some(other) = before.iter().find(renamed) {
            return Err(RouteError::OtherNames { route, other: other.path.clone() });
        }
        match &self.policy {
            _ if before.iter().any(same) => Err(RouteError::Twice { route }),
            RoutePolicy::Unclassified => Err(RouteError::Unclassified { route }),
            RoutePolicy::Guarded(access) if access.needs_owner() && !self.names_user() => {
                Err(RouteError::NoUserId { route })
            }
            _ => Ok(()),
        }
    }

    fn names_user(&self) -> bool {
        self.path.split('/').any(|segment| segment == "{user_id}")
    }

    fn name(&self) -> String {
        format!("{} {}", self.method.as_ref().map_or("*", Method::as_str), self.path)
    }
}

/// A path without the names of its parameters.
fn shape(path: &str) -> Vec<&str> {
    let is_parameter = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
    let nameless = |segment| if is_parameter(segment) { "{}" } else { segment };
    path.split('/').map(nameless).collect()
}

/// `GET /api/{user_id}/tasks: owner, scope tasks:read`.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.policy)
    }
}

impl fmt::Display for RoutePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Guarded(access) => access.fmt(f),
            Self::Unclassified => f.write_str("unclassified"),
        }
    }
}

#[derive(Clone)]
struct Gate<S> {
    state: S,
    access: Arc<Access>,
}

/// In front of the handler: the token, then the access.
async fn pass<S>(
    State(Gate { state, access }): State<Gate<S>>,
    request: Request,
    next: Next,
) -> Result<Response, Rejection>
where
    S: Clone + Send + Sync + 'static,
    Guard: FromRef<S>,
{
    let (mut parts, body) = request.into_parts();
    let admitted = admit(&mut parts, &state).await?;
    let user_id = if access.needs_owner() { user_id_of(&mut parts, &state).await? } else { None };
    access
        .check(&admitted.identity, user_id.as_deref())
        .map_err(|refusal| admitted.refuse(refusal, &parts))?;
    if access.needs_once() {
        admitted.guard.spend(&admitted.identity, &mut parts).await?;
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}
