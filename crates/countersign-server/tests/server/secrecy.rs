//! T322: what is secret cannot be printed, compared with `==` or serialised. The compiler says so: with one
//! of these traits on one of these types nothing is built.

use std::fmt::{Debug, Display};

use countersign_cookies::{CookieSigner, RequestCookies, SessionDataReader};
use countersign_jwt::{KeySet, SigningKey};
use countersign_server::{
    Secret, Secrets, Server,
    settings::{FirebaseScrypt, MailSettings, ResourceServers, Settings, Source},
};
use countersign_store::{
    sessions::Session, signing_keys::SigningKeyRow, verifications::Verification,
};
use serde::Serialize;
use static_assertions::assert_not_impl_any;

use crate::fixture::settings;

macro_rules! secret {
    ($($type:ty),+ $(,)?) => {
        $(assert_not_impl_any!($type: Debug, Display, Serialize, PartialEq);)+
    };
}

secret! {
    SigningKey, KeySet, CookieSigner, RequestCookies, SessionDataReader, Secret, Secrets, Settings, Source,
    FirebaseScrypt, Server, Session, SigningKeyRow, MailSettings, ResourceServers, Verification,
}

#[test]
fn t322_an_error_about_a_secret_does_not_say_it() {
    for secret in [
        "hunter2hunter2",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "better-auth-secret-12345678901234567890",
    ] {
        let error = settings(&[("BETTER_AUTH_SECRET", secret)]).err().expect("it is refused");
        for text in [format!("{error}"), format!("{error:?}")] {
            assert!(text.contains("BETTER_AUTH_SECRET") || text.contains("Secret"), "{text}");
            assert!(!text.contains(&secret[..9]), "{text}");
        }
    }
}
