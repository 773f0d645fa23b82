//! T322: what holds keys or secrets cannot be printed, compared with `==` or serialised. The compiler says
//! so: with one of these traits on one of these types nothing is built.

use std::fmt::{Debug, Display};

use countersign::{CookiePolicy, Guard, GuardBuilder, KeySource};
use serde::Serialize;
use static_assertions::assert_not_impl_any;

use crate::service::{Service, claims};

macro_rules! secret {
    ($($type:ty),+ $(,)?) => {
        $(assert_not_impl_any!($type: Debug, Display, Serialize, PartialEq);)+
    };
}

secret! { CookiePolicy, Guard, GuardBuilder, KeySource }

#[tokio::test]
async fn t322_an_identity_prints_its_subject_and_neither_claims_nor_token() {
    let service = Service::new();
    let mut telling = claims();
    telling["email"] = "alice@example.com".into();
    let token = service.token(&telling);
    let request = http::Request::get("/").header("authorization", format!("Bearer {token}"));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let identity = service.guard.admit(&parts).await.unwrap();
    let shown = format!("{identity:?} {:?}", identity.claims());
    assert!(shown.contains("alice") && !shown.contains("alice@"), "{shown}");
    let signature = token.rsplit('.').next().unwrap();
    assert!(!shown.contains(signature), "{shown}");
    let forged = format!("Bearer {}x", &token[..token.len() - 1]);
    let request = http::Request::get("/").header("authorization", &forged).body(()).unwrap();
    let refused = service.guard.admit(&request.into_parts().0).await.unwrap_err();
    let shown = format!("{refused:?} {refused}");
    assert!(!shown.contains(&signature[..8]), "{shown}");
}
