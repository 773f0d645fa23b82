//! What a token says.

use countersign_store::{sessions::Session, users::User};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Auth,
    entropy::random_id,
    settings::ClaimsTemplate,
    wire::{ApiError, SessionBody, UserBody},
};

/// What of a token is not the same for everybody.
pub(in crate::features) struct Grant<'a> {
    /// When it was decided that there is to be one.
    pub(in crate::features) issued_at: Timestamp,
    /// From then to its end.
    pub(in crate::features) lifetime: SignedDuration,
    /// The claim `scope`, whatever the other claims are.
    pub(in crate::features) scope: Option<&'a str>,
    /// The claim `jti`. With one, the token names itself and its session, whatever the other claims are.
    pub(in crate::features) token_id: Option<&'a str>,
}

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
        #[serde(flatten)]
        granted: Granted<'a>,
    },
    /// What the template says.
    Custom {
        #[serde(flatten)]
        claims: Map<String, Value>,
        sub: &'a str,
    },
}

/// What a token of Better Auth's own payload says beside it when it was granted.
#[derive(Serialize)]
struct Granted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

pub(super) fn claims<'a>(
    auth: &'a Auth,
    session: &'a Session,
    user: &'a User,
    grant: &'a Grant<'_>,
) -> Result<Claims<'a>, ApiError> {
    let settings = &auth.settings().token;
    let issued_at = grant.issued_at.as_second();
    let sid = grant.token_id.map(|_| session.id.as_str());
    let granted = Granted { sid, jti: grant.token_id, scope: grant.scope };
    let about = match &settings.claims {
        ClaimsTemplate::Minimal => About::Minimal {
            sub: &user.id,
            sid: &session.id,
            session_id: &session.id,
            jti: grant.token_id.map_or_else(|| random_id(auth.entropy()), str::to_owned),
            scope: grant.scope,
        },
        ClaimsTemplate::User => About::User { user: UserBody::from(user), sub: &user.id, granted },
        ClaimsTemplate::Custom(template) => {
            let user_shown = shown(&UserBody::from(user))?;
            let session_shown = shown(&SessionBody::from(session))?;
            let mut claims = template.fill(&user_shown, &session_shown);
            let more = [("sid", granted.sid), ("jti", granted.jti), ("scope", granted.scope)];
            let more = more.into_iter().filter_map(|(name, value)| Some((name, value?)));
            claims.extend(more.map(|(name, value)| (name.to_owned(), value.into())));
            About::Custom { claims, sub: &user.id }
        }
    };
    let aud = match settings.audience.as_slice() {
        [one] => Audience::One(one),
        several => Audience::Several(several),
    };
    let exp = issued_at + grant.lifetime.as_secs();
    Ok(Claims { iat: issued_at, about, exp, iss: &settings.issuer, aud })
}

fn shown(body: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(body)
        .map_err(|error| ApiError::internal("claims could not be written as JSON", &error))
}
