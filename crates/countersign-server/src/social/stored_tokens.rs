//! Tokens of providers in the table `account`: as they are, or encrypted where the settings say so.
//!
//! ID tokens are stored as they are, as Better Auth does. A stored token that does not look encrypted is taken as it
//! is: it was written before encryption was turned on.

use countersign_store::linked_accounts::ProviderTokens;

use super::tokens::Tokens;
use crate::{
    Auth,
    at_rest::{NotOpened, NotSealed},
};

/// The tokens as they are stored.
pub(crate) fn sealed(auth: &Auth, tokens: Tokens) -> Result<ProviderTokens, NotSealed> {
    Ok(ProviderTokens {
        access_token: sealed_one(auth, tokens.access_token)?,
        refresh_token: sealed_one(auth, tokens.refresh_token)?,
        id_token: tokens.id_token,
        access_token_expires_at: tokens.access_token_expires_at,
        refresh_token_expires_at: tokens.refresh_token_expires_at,
    })
}

fn sealed_one(auth: &Auth, token: Option<String>) -> Result<Option<String>, NotSealed> {
    match token {
        Some(token) if auth.settings().accounts.encrypt_tokens && !token.is_empty() => {
            auth.at_rest().seal(&token, auth.entropy()).map(Some)
        }
        token => Ok(token),
    }
}

/// The token of a stored one.
pub(crate) fn plain(auth: &Auth, stored: &str) -> Result<String, NotOpened> {
    if !auth.settings().accounts.encrypt_tokens || !looks_sealed(stored) {
        return Ok(stored.to_owned());
    }
    auth.at_rest().open(stored).map(|token| token.to_string())
}

fn looks_sealed(text: &str) -> bool {
    let is_hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.starts_with("$ba$") || (!text.is_empty() && text.len().is_multiple_of(2) && is_hexadecimal)
}
