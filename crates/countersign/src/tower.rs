//! The guard as a tower layer, for whatever speaks `http::Request`: hyper, tonic, axum.
//!
//! A request that is let in reaches the inner service with its [`Identity`] among its extensions; any
//! other is answered here. The body is not touched: a request without a good token is refused before it
//! is read.
//!
//! ```
//! use countersign::{Access, Guard, Identity, KeySource, Policy, tower::GuardLayer};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let policy = Policy::new("https://app.example", "https://app.example")?;
//! let guard = Guard::new(policy, KeySource::secret("9f2b6c1e5a7d4038b1c6e2f79a04d358")?)?;
//! let service = ServiceBuilder::new().layer(GuardLayer::new(guard, Access::user())?).service(
//!     service_fn(async |request: http::Request<String>| {
//!         let user: &Identity = request.extensions().get().expect("the guard let it in");
//!         Ok::<_, std::convert::Infallible>(http::Response::new(user.subject().to_owned()))
//!     }),
//! );
//! let answer = service.oneshot(http::Request::new(String::new())).await?;
//! assert_eq!(answer.status(), 401);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Identity`]: crate::Identity

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response, request::Parts};
use tower_layer::Layer;
use tower_service::Service;

use crate::{access::Access, guard::Guard, refused::Refused};

/// Puts a guard in front of a service.
#[derive(Clone)]
pub struct GuardLayer {
    guard: Guard,
    access: Arc<Access>,
}

/// The access asks for the owner of a path, and a layer in front of the routing knows no paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an owner is known only where routes are: use `countersign::axum::Routes`")]
pub struct NoPath;

impl GuardLayer {
    /// Lets in whoever the access lets in. [`NoPath`] for an access that asks for the owner.
    pub fn new(guard: Guard, access: Access) -> Result<Self, NoPath> {
        if access.needs_owner() {
            return Err(NoPath);
        }
        Ok(Self { guard, access: Arc::new(access) })
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { layer: self.clone(), inner }
    }
}

/// A service behind a guard.
#[derive(Clone)]
pub struct Guarded<S> {
    layer: GuardLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was polled ready is the one to call; a clone need not be.
        let waiting = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, waiting);
        let GuardLayer { guard, access } = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match let_in(&guard, &access, &mut parts).await {
                Ok(()) => inner.call(Request::from_parts(parts, body)).await,
                Err(refused) => Ok(answer(&refused)),
            }
        })
    }
}

async fn let_in(guard: &Guard, access: &Access, request: &mut Parts) -> Result<(), Refused> {
    let identity = guard.admit(request).await?;
    access
        .check(&identity, None)
        .map_err(|refusal| guard.refuse(refusal, Some(&identity), request))?;
    if access.needs_once() {
        guard.spend(&identity, request).await?;
    }
    request.extensions.insert(identity);
    Ok(())
}

fn answer<R: From<String>>(refused: &Refused) -> Response<R> {
    let mut response = Response::new(refused.body().into());
    *response.status_mut() = refused.status();
    *response.headers_mut() = refused.headers();
    response
}
