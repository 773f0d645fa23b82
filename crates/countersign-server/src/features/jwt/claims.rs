//! What a token says.

use countersign_store::{sessions::Session, users::User};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Auth,
    entropy::random_id,
    settings::ClaimsTemplate,
    wire::{ApiError, SessionBody, UserBody},
};

/// The claims, in the order in which Better Auth writes them: when, who, until when, from whom,
/// for whom.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iat: i64,
    #[serde(flatten)]
    about: About<'a>,
    exp: i64,
    iss: &'a str,
    aud: Audience<'a>,
}

/// One is a text, several are a list (RFC 7519 §4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
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
    /// What the template says.
    Custom {
        #[serde(flatten)]
        claims: Map<String, Value>,
        sub: &'a str,
    },
}

pub(super) fn claims<'a>(
    auth: &'a Auth,
    session: &'a Session,
    user: &'a User,
) -> Result<Claims<'a>, ApiError> {
    let settings = &auth.settings().token;
    let issued_at = auth.now().as_second();
    let about = match &settings.claims {
        ClaimsTemplate::Minimal => About::Minimal {
            sub: &user.id,
            sid: &session.id,
            session_id: &session.id,
            jti: random_id(auth.entropy()),
            scope: settings.scope.as_deref(),
        },
        ClaimsTemplate::User => About::User { user: UserBody::from(user), sub: &user.id },
        ClaimsTemplate::Custom(template) => {
            let user_shown = shown(&UserBody::from(user))?;
            let session_shown = shown(&SessionBody::from(session))?;
            About::Custom { claims: template.fill(&user_shown, &session_shown), sub: &user.id }
        }
    };
    let aud = match settings.audience.as_slice() {
        [one] => Audience::One(one),
        several => Audience::Several(several),
    };
    let exp = issued_at + settings.lifetime.as_secs();
    Ok(Claims { iat: issued_at, about, exp, iss: &settings.issuer, aud })
}

fn shown(body: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(body)
        .map_err(|error| ApiError::internal("claims could not be written as JSON", &error))
}
