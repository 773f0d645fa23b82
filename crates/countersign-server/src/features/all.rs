//! The list of features: one line each.

use super::{
    Feature, admin, bearer, jwt, multi_session, nodes, open_api, revocation, spent_tokens, tokens,
    username,
};
use crate::settings::{Settings, Wish};

/// Every feature that the settings want, in the order in which they act.
pub(crate) fn all(settings: &Settings) -> Result<Vec<Box<dyn Feature>>, countersign_jwt::KeyError> {
    let mut features: Vec<Box<dyn Feature>> = Vec::new();
    let wants_tokens = settings.token.enabled != Wish::Off;
    let jwt = wants_tokens.then(|| jwt::Jwt::new(settings)).transpose()?;
    if let Some(jwt) = &jwt {
        features.push(Box::new(jwt.clone()));
        if let Some(tokens) = tokens::Tokens::new(settings, jwt) {
            features.push(Box::new(tokens));
        }
    }
    if let Some(settings) = &settings.admin {
        features.push(Box::new(admin::Admin::new(settings.clone())));
    }
    if let Some(settings) = settings.bearer {
        features.push(Box::new(bearer::Bearer::new(settings)));
    }
    if let Some(settings) = settings.multi_session {
        features.push(Box::new(multi_session::MultiSession::new(settings)));
    }
    if let Some(settings) = settings.username {
        features.push(Box::new(username::Username::new(settings)));
    }
    if let Some(settings) = settings.open_api {
        features.push(Box::new(open_api::OpenApi::new(settings)));
    }
    // A secret that was made up is another on every server.
    if !settings.secret_is_temporary {
        features.push(Box::new(nodes::Nodes::new(settings)));
    }
    if settings.spent_tokens != Wish::Off {
        features.push(Box::new(spent_tokens::SpentTokens::new(settings)));
    }
    // The last one: what others write to a transaction that ends something comes before the numbers.
    if let Some(jwt) = jwt
        && settings.revocation.enabled != Wish::Off
    {
        features.push(Box::new(revocation::Revocation::new(settings, jwt)));
    }
    Ok(features)
}

/// The members that features add to a user's JSON.
pub(crate) fn user_members(with_username: bool, with_admin: bool) -> Vec<&'static str> {
    let username = with_username.then_some(&username::USER_MEMBERS[..]);
    let admin = with_admin.then_some(&admin::USER_MEMBERS[..]);
    [username, admin].into_iter().flatten().flatten().copied().collect()
}
