//! What a token says.

use countersign_store::{sessions::Session, users::User};
use serde::Serialize;

use crate::{Auth, entropy::random_id, settings::ClaimsTemplate, wire::UserBody};

/// The claims, in the order in which Better Auth writes them: when, who, until when, from whom,
/// for whom.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iat: i64,
    #[serde(flatten)]
    about: About<'a>,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum About<'a> {
    /// Nothing about the person: tokens are readable by everybody who sees one.
    Minimal {
        sub: &'a str,
        sid: &'a str,
        #[serde(rename = "sessionId")]
        session_id: &'a str,
        jti: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        scope: Option<&'a str>,
    },
    /// Better Auth's default payload.
    User {
        #[serde(flatten)]
        user: UserBody<'a>,
        sub: &'a str,
    },
}

pub(super) fn claims<'a>(auth: &'a Auth, session: &'a Session, user: &'a User) -> Claims<'a> {
    let settings = &auth.settings().token;
    let issued_at = auth.now().as_second();
    let about = match settings.claims {
        ClaimsTemplate::Minimal => About::Minimal {
            sub: &user.id,
            sid: &session.id,
            session_id: &session.id,
            jti: random_id(auth.entropy()),
            scope: settings.scope.as_deref(),
        },
        ClaimsTemplate::User => About::User { user: UserBody::from(user), sub: &user.id },
    };
    Claims {
        iat: issued_at,
        about,
        exp: issued_at + settings.lifetime.as_secs(),
        iss: &settings.issuer,
        aud: &settings.audience,
    }
}
