//! Ours: the verifier, and the whole way from a request's header to an identity.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use countersign::{Guard, GuardBuilder, Identity, KeySource, Policy};
use countersign_jwt::{Algorithm, Clock, SystemClock, Verifier};
use http::{Request, header::AUTHORIZATION, request::Parts};

use crate::{
    Failure,
    cell::{Cell, Decide, locked_version},
    material::{AUDIENCE, ISSUER, Material, SUBJECT, Tokens},
};

/// The verifier with every check it has; the clock is asked for each token, as the others do.
pub fn verifier(algorithm: Algorithm, material: &Material) -> Result<Cell, Failure> {
    let keys = std::rc::Rc::new(material.of(algorithm)?.key_set()?);
    let version = locked_version("countersign-jwt");
    Ok(Cell::new("countersign, Verifier", version, algorithm, move |token| {
        let verifier = Verifier::new(ISSUER, AUDIENCE);
        let (token, keys) = (token.to_owned(), std::rc::Rc::clone(&keys));
        Ok(Box::new(move || {
            verifier
                .verify(&token, &keys, SystemClock.now())
                .is_ok_and(|claims| claims.subject() == SUBJECT)
        }) as Decide)
    }))
}

/// The guard, from a request to an identity; every token is new to it.
pub fn guarded(algorithm: Algorithm, material: &Material) -> Result<Cell, Failure> {
    let tokens = material.of(algorithm)?;
    deciding("countersign, Guard", builder(tokens)?.cached_tokens(0).build()?, algorithm)
}

/// The same for a token that it has verified before.
pub fn remembering(algorithm: Algorithm, material: &Material) -> Result<Cell, Failure> {
    deciding("countersign, Guard, cached", guard(material.of(algorithm)?)?, algorithm)
}

fn deciding(name: &'static str, guard: Guard, algorithm: Algorithm) -> Result<Cell, Failure> {
    let version = locked_version("countersign");
    Ok(Cell::new(name, version, algorithm, move |token| {
        let (guard, request) = (guard.clone(), request(token)?);
        Ok(Box::new(move || {
            admit(&guard, &request).is_some_and(|identity| identity.subject() == SUBJECT)
        }) as Decide)
    }))
}

/// A guard that has its keys at hand.
pub fn guard(tokens: &Tokens) -> Result<Guard, Failure> {
    Ok(builder(tokens)?.build()?)
}

fn builder(tokens: &Tokens) -> Result<GuardBuilder, Failure> {
    Ok(Guard::builder(Policy::new(ISSUER, AUDIENCE)?, KeySource::keys(tokens.key_set()?)))
}

/// A request that carries a token.
pub fn request(token: &str) -> Result<Parts, Failure> {
    let request = Request::get("/api/tasks").header(AUTHORIZATION, format!("Bearer {token}"));
    Ok(request.body(())?.into_parts().0)
}

/// Asks the guard without a runtime: with keys at hand it waits for nothing.
pub fn admit(guard: &Guard, request: &Parts) -> Option<Identity> {
    let decision = pin!(guard.admit(request));
    match decision.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(decision) => decision.ok(),
        Poll::Pending => None,
    }
}
