//! Keys that could sign, and that no secret of this server opens: a server has another secret than the others, this one
//! or the one that made them, or a secret was taken away too early.

use countersign_store::StoreError;

use super::{
    life::is_live,
    operate::rows_of,
    stored::{Kept, kept},
};
use crate::{Auth, readiness::Note};

/// Nothing where all of them can be opened.
pub(super) async fn note(auth: &Auth) -> Result<Vec<Note>, StoreError> {
    let now = auth.now();
    let rows = rows_of(auth.settings(), auth.database(), now).await?;
    let live: Vec<_> = rows.iter().filter(|row| is_live(row, now)).collect();
    let is_closed =
        |private_key: &str| matches!(kept(auth.at_rest(), private_key), Kept::Closed(_));
    let closed: Vec<_> =
        live.iter().filter(|row| is_closed(&row.private_key)).map(|row| row.id.as_str()).collect();
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "{} of {} signing keys cannot be opened with this server's secrets",
        closed.len(),
        live.len()
    );
    // A server opens what it made itself, be its secret the right one or not: where it opens any, either may be wrong.
    let or_theirs = if closed.len() == live.len() {
        ""
    } else {
        ". Or that other server was the wrong one: give it this one's secret, then `countersign keys retire KID` with each \
         of these"
    };
    let alarm = format!(
        "{text}: {}; another server, or this one before, sealed them with another secret. If that one is right, give \
         this one the same BETTER_AUTH_SECRET, or the older one in BETTER_AUTH_SECRETS (docs/rotate-secrets.md): until \
         then it signs with a key of its own, and cookies of the others are none here{or_theirs}",
        closed.join(", ")
    );
    Ok(vec![Note { name: "closed keys", text, alarm: Some(alarm) }])
}
