//! Whether one token was taken back, for who asks about it and follows no feed.

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Claims, TokenHash};
use countersign_store::revocations;
use jiff::Timestamp;

use super::entry::{HashKey, Kind, hash_text};
use crate::{Auth, wire::ApiError};

/// Whether an entry refuses this token, which is good otherwise.
pub(super) async fn is_taken_back(
    auth: &Auth,
    claims: &Claims,
    token: &str,
) -> Result<bool, ApiError> {
    let Some(head) = revocations::head(auth.database()).await? else { return Ok(false) };
    let Some(key) = HashKey::parse(&head.key) else { return Err(ApiError::unavailable()) };
    let hash = TokenHash::of(token).ok();
    let hash = hash.map(|hash| Base64UrlUnpadded::encode_string(hash.as_bytes()));
    let says = [
        (Kind::User, Some(claims.subject())),
        (Kind::Session, claims.session()),
        (Kind::Token, claims.token_id()),
        (Kind::TokenHash, hash.as_deref()),
    ];
    let hashed = says
        .into_iter()
        .filter_map(|(kind, name)| Some((kind.letter(), hash_text(key.hash(kind, name?)))));
    let hashed: Vec<_> = hashed.collect();
    let found = revocations::naming(auth.database(), &hashed, auth.now()).await?;
    let issued_at = claims.issued_at().map(Timestamp::as_second);
    Ok(found.iter().any(|entry| match (entry.before, issued_at) {
        (Some(before), Some(issued_at)) => issued_at <= before,
        _ => true,
    }))
}
