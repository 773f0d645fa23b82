//! Several scopes or roles: one of them, or all of them.

use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::{Rejection, admit};
use crate::{
    access::Access,
    guard::Guard,
    identity::{Role, Scope},
};

/// Scopes as a type: a tuple of [`Scope`]s.
pub trait Scopes {
    /// Their names.
    const NAMES: &'static [&'static str];
}

/// Roles as a type: a tuple of [`Role`]s.
pub trait Roles {
    /// Their names.
    const NAMES: &'static [&'static str];
}

macro_rules! tuples {
    ($(($($part:ident),+))+) => {$(
        impl<$($part: Scope),+> Scopes for ($($part,)+) {
            const NAMES: &'static [&'static str] = &[$($part::NAME),+];
        }

        impl<$($part: Role),+> Roles for ($($part,)+) {
            const NAMES: &'static [&'static str] = &[$($part::NAME),+];
        }
    )+};
}

tuples! { (A, B) (A, B, C) (A, B, C, D) }

macro_rules! proofs {
    ($($(#[$doc:meta])* $name:ident<$parts:ident> $access:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<P>(PhantomData<fn() -> P>);

        impl<P, T> FromRequestParts<T> for $name<P>
        where
            P: $parts,
            T: Send + Sync,
            Guard: FromRef<T>,
        {
            type Rejection = Rejection;

            async fn from_request_parts(request: &mut Parts, state: &T) -> Result<Self, Rejection> {
                let admitted = admit(request, state).await?;
                let access: Access = $access(P::NAMES);
                match access.check(&admitted.identity, None) {
                    Ok(()) => Ok(Self(PhantomData)),
                    Err(refusal) => Err(admitted.refuse(refusal, request)),
                }
            }
        }
    )+};
}

proofs! {
    /// Proof that the token holds one of the scopes: `_: HasAnyScope<(TasksRead, TasksWrite)>`. Without
    /// any the answer is 403 `insufficient_scope` and names them all.
    HasAnyScope<Scopes> |names: &[&'static str]| Access::user().any_scope(names.iter().copied());

    /// Proof that the token holds each of the scopes. The answer otherwise names the first that lacks.
    HasAllScopes<Scopes> |names: &[&'static str]| {
        names.iter().fold(Access::user(), |access, name| access.scope(*name))
    };

    /// Proof that the token holds one of the roles: `_: HasAnyRole<(Editor, Admin)>`. Without any the
    /// answer is 403 `insufficient_role`.
    HasAnyRole<Roles> |names: &[&'static str]| Access::user().any_role(names.iter().copied());

    /// Proof that the token holds each of the roles.
    HasAllRoles<Roles> |names: &[&'static str]| {
        names.iter().fold(Access::user(), |access, name| access.role(*name))
    };
}
