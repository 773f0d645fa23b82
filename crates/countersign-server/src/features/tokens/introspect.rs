//! `POST /token/introspect`: whether a token is good, and for what (RFC 7662), for resource servers that show
//! a credential of `resource_servers.credentials`.
//!
//! Of a token that is not good nothing is told but that: over, taken back, of somebody else's, or no token.

use axum::extract::State;
use countersign_jwt::{Claims, DEFAULT_LEEWAY};
use countersign_store::{refresh_families, users};
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::{
    Tokens,
    error::{OAuthError, refusals},
    judgement::{Judgement, Patience},
    request::TokenRequest,
    rotation::standing,
    secret::RefreshSecret,
};
use crate::{
    Auth,
    features::jwt::user_of_token,
    session::{is_kept_out, may_keep_out},
    wire::{ApiError, Reply},
};

/// The claims that RFC 7662 §2.2 knows, and the session.
const SHOWN: [&str; 8] = ["scope", "exp", "iat", "sub", "aud", "iss", "jti", "sid"];

pub(super) async fn introspect(
    tokens: Tokens,
    State(auth): State<Auth>,
    headers: HeaderMap,
    request: TokenRequest,
) -> Result<Reply, OAuthError> {
    let by = auth.settings().resource_servers.authenticate(&headers);
    by.ok_or(&refusals::INVALID_CLIENT)?;
    let shown = match request.parameters.token.as_str() {
        "" => return Err((&refusals::TOKEN_MISSING).into()),
        shown => shown,
    };
    let active = match RefreshSecret::parse(shown) {
        Some(secret) => of_refresh_token(&tokens, &auth, &secret).await?,
        None => of_access_token(&tokens, &auth, shown).await?,
    };
    let said = match active {
        Some(mut members) => {
            members.insert("active".to_owned(), true.into());
            Value::Object(members)
        }
        None => json!({ "active": false }),
    };
    Ok(Reply::json(&said)?)
}

async fn of_access_token(
    tokens: &Tokens,
    auth: &Auth,
    shown: &str,
) -> Result<Option<Map<String, Value>>, ApiError> {
    // As much as a guard allows that was told nothing else.
    let read = tokens.0.jwt.read(auth, shown, DEFAULT_LEEWAY).await?;
    let Some(claims) = read else { return Ok(None) };
    if !has_holder(auth, &claims).await? {
        return Ok(None);
    }
    for feature in auth.features() {
        if feature.is_taken_back(auth, &claims, shown).await? {
            return Ok(None);
        }
    }
    let known = SHOWN.into_iter().filter_map(|name| Some((name, claims.get(name)?)));
    let mut members: Map<_, _> =
        known.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    members.insert("token_type".to_owned(), "Bearer".into());
    Ok(Some(members))
}

/// Whether the session of a token lives, if it names one, and its user is there and not kept out.
async fn has_holder(auth: &Auth, claims: &Claims) -> Result<bool, ApiError> {
    if let Some(session) = claims.session() {
        let is_live = auth.sessions().is_live(claims.subject(), session, auth.now()).await?;
        if !is_live || !may_keep_out(auth) {
            return Ok(is_live);
        }
    }
    let user = users::find_by_id(auth.database(), claims.subject()).await?;
    Ok(user.is_some_and(|user| !is_kept_out(auth, &user)))
}

async fn of_refresh_token(
    tokens: &Tokens,
    auth: &Auth,
    secret: &RefreshSecret,
) -> Result<Option<Map<String, Value>>, ApiError> {
    let Some(found) = refresh_families::find(auth.database(), &secret.hash()).await? else {
        return Ok(None);
    };
    let judgement = standing(&found).judged(Patience::of(&tokens.0.settings), auth.now());
    if judgement != Judgement::Use {
        return Ok(None);
    }
    let Some((_, user)) = tokens.session_of(auth, &found).await? else { return Ok(None) };
    if user_of_token(auth, user).await?.is_none() {
        return Ok(None);
    }
    let mut members = Map::new();
    members.extend(found.family.scope.map(|scope| ("scope".to_owned(), scope.into())));
    members.insert("exp".to_owned(), found.expires_at.as_second().into());
    members.insert("sub".to_owned(), found.family.user_id.into());
    members.insert("iss".to_owned(), auth.settings().token.issuer.as_str().into());
    members.insert("sid".to_owned(), found.family.session_id.into());
    Ok(Some(members))
}
