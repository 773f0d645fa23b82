//! Several scopes or roles: one of them, or all of them.

use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::{Rejection, admit};
use crate::{
    access::{any_role, any_scope},
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
    ($($(#[$doc:meta])* $name:ident<$parts:ident> $check:expr;)+) => {$(
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
                match $check(&admitted.identity, P::NAMES) {
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
    HasAnyScope<Scopes> any_scope;

    /// Proof that the token holds each of the scopes. The answer otherwise names the first that lacks.
    HasAllScopes<Scopes> |identity, names: &[&str]| {
        names.iter().try_for_each(|name| any_scope(identity, &[name]))
    };

    /// Proof that the token holds one of the roles: `_: HasAnyRole<(Editor, Admin)>`. Without any the
    /// answer is 403 `insufficient_role`.
    HasAnyRole<Roles> any_role;

    /// Proof that the token holds each of the roles.
    HasAllRoles<Roles> |identity, names: &[&str]| {
        names.iter().try_for_each(|name| any_role(identity, &[name]))
    };
}
