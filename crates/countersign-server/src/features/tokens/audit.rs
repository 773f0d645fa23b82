//! What the audit log reads of refresh tokens: on the target `countersign::audit`, field by field, like the
//! guard's events. No event holds a token.

use countersign_store::refresh_families::RefreshFamily;

use crate::edge::Client;

/// A token was shown whose successor was used, or was to be used long ago.
pub(super) fn reused(family: &RefreshFamily, generation: i64, client: &Client) {
    tracing::warn!(
        target: "countersign::audit",
        event = "refresh_token_reuse",
        user = family.user_id,
        session = family.session_id,
        family = family.name,
        generation,
        live_generation = family.generation,
        address = client.address,
        user_agent = client.user_agent,
        last_address = family.ip_address,
        last_user_agent = family.user_agent,
        "a refresh token was used again; its family and its session ended",
    );
}

/// A family is used from elsewhere than before.
pub(super) fn moved(family: &RefreshFamily, client: &Client) {
    let is_same = family.ip_address.as_deref() == Some(&client.address)
        && family.user_agent.as_deref() == Some(&client.user_agent);
    if is_same {
        return;
    }
    tracing::info!(
        target: "countersign::audit",
        event = "refresh_token_moved",
        user = family.user_id,
        session = family.session_id,
        family = family.name,
        address = client.address,
        user_agent = client.user_agent,
        last_address = family.ip_address,
        last_user_agent = family.user_agent,
        "refresh tokens are used from another place",
    );
}

/// A family was taken back by whoever has one of its tokens.
pub(super) fn revoked(family: &RefreshFamily, client: &Client) {
    tracing::info!(
        target: "countersign::audit",
        event = "refresh_token_revoked",
        user = family.user_id,
        session = family.session_id,
        family = family.name,
        address = client.address,
        user_agent = client.user_agent,
        "refresh tokens were taken back",
    );
}
